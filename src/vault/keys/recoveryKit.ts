import { english, type Language } from '../../base/language.ts';
import {
  formatIdentity,
  parseIdentities,
  wipe,
  type Identity,
  type Keyring,
} from '../age/identity.ts';
import { kitCommands, kitTexts } from './recoveryKitTexts.ts';
import { VaultError } from '../vaultError.ts';
import type { VaultFile } from '../protectors/vaultFile.ts';

/**
 * The recovery kit: the vault's identities as an age key file, with what to do with it. It opens the vault
 * and every backup alone, for whoever has it; it is written only where the user says.
 * @returns text that `age -i` takes as it is
 */
export function formatRecoveryKit(
  file: VaultFile,
  keyring: Keyring,
  { translate }: Pick<Language, 'translate'> = english,
): string {
  const comments = [
    translate(kitTexts.title),
    '',
    ...linesOf(translate(kitTexts.warning)),
    '',
    `${translate(kitTexts.opens)}:`,
    ...linesOf(translate(kitTexts.opensWhat)),
    '',
    `${translate(kitTexts.withMillrace)}:`,
    translate(kitTexts.unlock),
    translate(kitTexts.restore),
    '',
    `${translate(kitTexts.withTools)}:`,
    ...linesOf(translate(kitTexts.withToolsText)),
    ...kitCommands.map((command) => `  ${command}`),
    '',
    translate(kitTexts.outdated),
    '',
    // The same in every language: a restore looks for it.
    `vault: ${file.vault}`,
  ];
  const lines = [
    ...comments.map((comment) => (comment === '' ? '#' : `# ${comment}`)),
    ...keyring.flatMap((identity) => [
      `# public key: ${identity.recipient}`,
      formatIdentity(identity),
    ]),
  ];
  return `${lines.join('\n')}\n`;
}

const linesOf = (text: string): readonly string[] => text.split('\n');

/**
 * What a kit has for a program to read: of a page the lines with vault and keys, of a text all of it. A page may have been
 * saved again by a browser.
 */
export function textOfKit(kit: string): string {
  if (!/^\s*<(?:!doctype|html)/i.test(kit)) {
    return kit;
  }
  const [vault] = /# vault: [0-9a-f]{32}/.exec(kit) ?? [];
  const keys = new Set(kit.match(/AGE-SECRET-KEY-1[0-9A-Z]*/g));
  return [...(vault === undefined ? [] : [vault]), ...keys, ''].join('\n');
}

/** The id of the vault that a kit says it is of. */
export function vaultOfKit(kit: string): string | undefined {
  return /^# vault: ([0-9a-f]{32})\r?$/m.exec(textOfKit(kit))?.[1];
}

/**
 * The identities of a kit, a text or a page, that belong to this vault, the current one first. The caller wipes them.
 * @throws {VaultError} `damagedKeyFile` when the text is no kit, `wrongIdentity` when it does not have the
 * vault's current identity: it is another vault's, or from before a rotation.
 */
export function identitiesFromKit(text: string, file: VaultFile): Identity[] {
  const known = new Set(
    file.identities.filter((entry) => entry.state !== 'destroyed').map((entry) => entry.recipient),
  );
  const all = parseIdentities(textOfKit(text));
  const current = all.find(({ recipient }) => recipient === file.recipient);
  const others = all.filter((identity) => identity !== current && known.has(identity.recipient));
  wipe(...all.filter((identity) => identity !== current && !others.includes(identity)));
  if (current === undefined) {
    wipe(...others);
    throw new VaultError('wrongIdentity', 'This recovery kit is not of this vault as it is now');
  }
  return [current, ...others];
}
