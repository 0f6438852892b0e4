import { english, type Language } from '../../base/language.ts';
import { formatIdentity, type Keyring } from '../age/identity.ts';
import { kitCommands, kitTexts } from './recoveryKitTexts.ts';
import type { VaultFile } from '../protectors/vaultFile.ts';

/** What mail and editors leave as it is, quoted once or twice. A key's own line is two letters longer, and age wants it whole. */
const longestComment = 71;

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
  const linesOf = (text: string): readonly string[] => wrapped(translate(text));
  const comments = [
    ...linesOf(kitTexts.title),
    '',
    ...linesOf(kitTexts.warning),
    '',
    ...wrapped(`${translate(kitTexts.opens)}:`),
    ...linesOf(kitTexts.opensWhat),
    '',
    ...linesOf(kitTexts.alone),
    '',
    ...wrapped(`${translate(kitTexts.withMillrace)}:`),
    ...linesOf(kitTexts.unlock),
    ...linesOf(kitTexts.restore),
    ...linesOf(kitTexts.rebuild),
    '',
    ...wrapped(`${translate(kitTexts.withTools)}:`),
    ...linesOf(kitTexts.withToolsText),
    ...kitCommands.map((command) => `  ${command}`),
    ...linesOf(kitTexts.safe),
    '',
    ...linesOf(kitTexts.outdated),
    '',
    // The same in every language: a restore looks for it.
    `vault: ${file.vault}`,
  ];
  const lines = [
    ...comments.map((comment) => (comment === '' ? '#' : `# ${comment}`)),
    ...keyring.flatMap((identity) => [
      '# public key:',
      `# ${identity.recipient}`,
      formatIdentity(identity),
    ]),
  ];
  return `${lines.join('\n')}\n`;
}

/** A paragraph as lines that are short enough to stand behind `# `. */
function wrapped(text: string): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const longer = `${lines.at(-1) ?? ''} ${word}`;
    if (lines.length > 0 && longer.length <= longestComment - 2) {
      lines.splice(-1, 1, longer);
    } else {
      lines.push(word);
    }
  }
  return lines;
}
