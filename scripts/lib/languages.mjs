import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { loadTypeScript } from './loadTypeScript.mjs';
import { root } from './processes.mjs';

const folder = path.join(root, 'l10n');

/**
 * The bundle of each language: what the texts of the code are in it, by their English.
 * @returns {ReadonlyMap<string, Readonly<Record<string, string>>>} by the language, such as `de`
 */
export function readBundles() {
  return new Map(
    readdirSync(folder).flatMap((name) => {
      const language = /^bundle\.l10n\.(.+)\.json$/.exec(name)?.[1];
      return language === undefined
        ? []
        : [[language, JSON.parse(readFileSync(path.join(folder, name), 'utf8'))]];
    }),
  );
}

/** @returns {Promise<Readonly<Record<string, string>>>} all texts of the browser's companion, by their names */
export async function readCompanionTexts() {
  return (await loadTypeScript('companion/texts.ts')).texts;
}

/** @returns {Promise<readonly string[]>} what tables of texts hold, which are handed on to be translated */
export async function readTables() {
  const { blockWayFacts } = await loadTypeScript('src/focus/sites/blockWayFacts.ts');
  const { blockedPageTexts } = await loadTypeScript('src/focus/proxy/blockedReply.ts');
  const { kitTexts } = await loadTypeScript('src/vault/keys/recoveryKitTexts.ts');
  const { commands } = await loadTypeScript('src/cli/commandList.ts');
  const { systemWords } = await loadTypeScript('src/cli/failureWords.ts');
  const { rowNames } = await loadTypeScript('src/cli/rowWords.ts');
  return [
    ...Object.values(blockWayFacts).flatMap(({ name, shortName }) => [name, shortName]),
    ...[blockedPageTexts, kitTexts, await readCompanionTexts()].flatMap(Object.values),
    ...commands.flatMap(({ summary, note = [], options }) =>
      [summary, note, Object.values(options).map(({ told }) => told.about ?? [])].flat(2),
    ),
    ...Object.values(systemWords),
    ...rowNames,
  ];
}

/**
 * What is told by those who know no language: what an error says, and what is undone. The command line translates it where it is
 * shown.
 * @param {string} source of a TypeScript file
 * @returns {readonly string[]}
 */
export function toldTexts(source) {
  const errors =
    /new (?:Vault|Transfer|Focus)Error\(\s*(?:'\w+'|[\w.]+),\s*(['"])((?:\\.|(?!\1).)*)\1\s*[,)]/gs;
  const labels = /readonly label = (')((?:\\.|(?!\1).)*)\1/g;
  return [errors, labels].flatMap((pattern) =>
    [...source.matchAll(pattern)].map(([, , text]) => text.replaceAll(/\\(.)/g, '$1')),
  );
}
