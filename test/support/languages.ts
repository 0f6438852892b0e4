import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { english, type Language } from '../../src/base/language.ts';
import { repositoryRoot } from './repositoryRoot.ts';

const folder = path.join(repositoryRoot, 'l10n');

/** All languages that Millrace speaks, English first, as the bundles of `l10n/` have them. */
export const allLanguages: readonly Language[] = [
  english,
  ...readdirSync(folder).flatMap((name) => {
    const tag = /^bundle\.l10n\.(.+)\.json$/.exec(name)?.[1];
    return tag === undefined ? [] : [languageOf(tag)];
  }),
];

function languageOf(tag: string): Language {
  const file = path.join(folder, `bundle.l10n.${tag}.json`);
  const bundle = JSON.parse(readFileSync(file, 'utf8')) as Readonly<Record<string, string>>;
  return {
    tag,
    translate: (text, ...values) => english.translate(bundle[text] ?? text, ...values),
  };
}
