import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { texts as companionTexts } from '../../../companion/texts.ts';
import { commands } from '../../../src/cli/commandList.ts';
import { systemWords } from '../../../src/cli/failureWords.ts';
import { rowNames } from '../../../src/cli/rowWords.ts';
import { blockedPage, blockedPageTexts } from '../../../src/focus/proxy/blockedReply.ts';
import { blockWayFacts } from '../../../src/focus/sites/blockWayFacts.ts';
import { readDashboardStrings } from '../../../src/host/dashboard/dashboardStrings.ts';
import { kitTexts } from '../../../src/vault/keys/recoveryKitTexts.ts';
import { englishStrings } from '../../../src/webview/shared/englishStrings.ts';
import { allLanguages } from '../../support/languages.ts';
import { MemoryLog } from '../../support/memoryLog.ts';
import { repositoryRoot } from '../../support/repositoryRoot.ts';

type Table = Readonly<Record<string, string>>;

const readText = (file: string): string => readFileSync(path.join(repositoryRoot, file), 'utf8');
const readTable = (file: string): Table => JSON.parse(readText(file)) as Table;

/** Every text of the code: what it hands to `l10n.t`, as it stands in the source, and its tables of texts. */
function codeTexts(): ReadonlySet<string> {
  const files = readdirSync(path.join(repositoryRoot, 'src'), {
    recursive: true,
    encoding: 'utf8',
  }).filter((name) => name.endsWith('.ts'));
  const texts = new Set<string>();
  for (const file of files.map((name) => `src/${name}`)) {
    const source = readText(file);
    const calls = [...source.matchAll(/l10n\.t\(\s*(?:(['"`])((?:\\.|(?!\1).)*)\1)?/gs)];
    for (const [call, , text] of calls) {
      assert.ok(text !== undefined, `${file}: ${call} has no literal text`);
      assert.ok(!text.includes('${'), `${file}: "${text}" is put together`);
      texts.add(text.replaceAll(/\\(.)/g, '$1'));
    }
    // What errors say, and what is undone: the command line translates it.
    const told = [
      ...source.matchAll(
        /new (?:Vault|Transfer|Focus)Error\(\s*[^\s,]+,\s*(['"])((?:\\.|(?!\1).)*)\1\s*[,)]/gs,
      ),
      ...source.matchAll(/ label = (')(.*)'/g),
    ];
    for (const [, , text] of told) {
      texts.add(text ?? '');
    }
  }
  const tables = [blockedPageTexts, kitTexts, companionTexts, systemWords, rowNames];
  for (const text of tables.flatMap(Object.values<string>)) {
    texts.add(text);
  }
  for (const { summary, note, options } of commands) {
    const abouts = Object.values(options).map(({ told }) => told.about);
    for (const text of [summary, note, ...abouts].filter((each) => each !== undefined)) {
      texts.add(text);
    }
  }
  for (const { name, shortName } of Object.values(blockWayFacts)) {
    texts.add(name).add(shortName);
  }
  return texts;
}

const placeholders = (text: string): readonly string[] =>
  [...text.matchAll(/\{\w+\}|\$\([\w-]+\)/g)].map(([found]) => found).sort();

const words = (table: Table): string[] => Object.keys(table).sort();

/** Same keys, nothing empty, and each text with the placeholders and icons of the original. */
function assertTranslates(original: Table, translation: Table): void {
  assert.deepEqual(words(translation), words(original));
  for (const [key, text] of Object.entries(original)) {
    const translated = translation[key] ?? '';
    assert.notEqual(translated.trim(), '', key);
    assert.deepEqual(placeholders(translated), placeholders(text), key);
  }
}

describe('l10n/bundle.l10n.json', () => {
  it('has every text of the code, each as it stands in the source', () => {
    const texts = [...codeTexts()];
    assert.ok(texts.length > 50, `only ${texts.length} texts were found`);
    assert.deepEqual(
      readTable('l10n/bundle.l10n.json'),
      Object.fromEntries(texts.map((text) => [text, text])),
    );
  });
});

/** The languages that something is translated into, by the names of the tables. */
const languages = [
  ...new Set(
    [...readdirSync(path.join(repositoryRoot, 'l10n')), ...readdirSync(repositoryRoot)].flatMap(
      (name) => /^(?:bundle\.l10n|dashboard|package\.nls)\.(.+)\.json$/.exec(name)?.[1] ?? [],
    ),
  ),
];

describe('the languages', () => {
  it('have three files each', () => {
    assert.ok(languages.includes('de'));
    for (const language of languages) {
      for (const file of ['package.nls', 'l10n/bundle.l10n', 'l10n/dashboard']) {
        assert.ok(existsSync(path.join(repositoryRoot, `${file}.${language}.json`)), file);
      }
    }
  });

  for (const language of languages) {
    it(`have every text of the code, and no other: ${language}`, () => {
      assertTranslates(
        readTable('l10n/bundle.l10n.json'),
        readTable(`l10n/bundle.l10n.${language}.json`),
      );
    });

    it(`have every text of the dashboard, and no other: ${language}`, () => {
      assertTranslates(englishStrings, readTable(`l10n/dashboard.${language}.json`));
    });

    it(`have every text of package.json, and no other: ${language}`, () => {
      assertTranslates(readTable('package.nls.json'), readTable(`package.nls.${language}.json`));
    });
  }
});

describe('German', () => {
  it('calls states and parts the same in the status bar and in the dashboard', () => {
    const host = readTable('l10n/bundle.l10n.de.json');
    const dashboard = readTable('l10n/dashboard.de.json');
    const shared = Object.entries(englishStrings).filter(([key]) =>
      /^(?:state|feature)\.\w+$/.test(key),
    );
    assert.equal(shared.length, 13);
    for (const [key, english] of shared) {
      assert.equal(dashboard[key], host[english], key);
    }
  });

  it('is found by VS Code', () => {
    const { l10n } = JSON.parse(readText('package.json')) as { readonly l10n?: string };
    assert.equal(l10n, './l10n');
  });
});

describe('the page in the place of a blocked one', () => {
  for (const language of allLanguages) {
    it(`says how long, and how to lift every block: ${language.tag}`, () => {
      const page = blockedPage(3 * 60_000, 0, language);
      assert.match(page, new RegExp(`<html lang="${language.tag}">`));
      assert.match(page, /\D3\D/);
      assert.ok(page.includes(`<b>${language.translate(blockedPageTexts.restore)}</b>`));
      assert.ok(!page.includes('{0}'));
      assert.notEqual(blockedPage(60_000, 0, language), page);
    });
  }
});

describe('readDashboardStrings', () => {
  const folder = path.join(repositoryRoot, 'l10n');

  it('reads the table of a language, whatever its country', () => {
    const log = new MemoryLog();
    for (const language of languages) {
      const table = readDashboardStrings(folder, language, log);
      assert.deepEqual(words(table ?? {}), words(englishStrings));
      assert.deepEqual(readDashboardStrings(folder, `${language}-AT`, log), table);
    }
    assert.deepEqual(log.lines, []);
  });

  it('leaves the page English otherwise, and where the table is gone', () => {
    const log = new MemoryLog();
    for (const language of ['en', 'den', 'zz', '', '../de']) {
      assert.equal(readDashboardStrings(folder, language, log), null);
    }
    assert.deepEqual(log.lines, []);
    assert.equal(readDashboardStrings(path.join(folder, 'gone'), 'de', log), null);
    assert.equal(log.lines.length, 1);
  });
});
