import * as l10n from '@vscode/l10n';
import { visibleText } from '../base/visibleText.ts';
import { systemErrorCode, toError } from '../base/errors.ts';
import type { TransferError } from '../transfer/transferError.ts';
import { translated } from './commandLanguage.ts';
import { VaultError } from '../vault/vaultError.ts';

/** What the system's codes mean for what was being done. */
export const systemWords: Readonly<Record<string, string>> = {
  ENOENT: 'There is no such file or folder',
  ENOTDIR: 'A part of this path is a file and no folder',
  EISDIR: 'This is a folder and no file',
  EFTYPE: 'This is a link, a pipe or a device, or larger than what Millrace writes',
  EACCES: 'The system does not allow this',
  EPERM: 'The system does not allow this',
  EROFS: 'Nothing can be written on this drive',
  ENOSPC: 'There is no space left',
  EDQUOT: 'There is no space left',
  EFBIG: 'The file would be too large for this drive',
  ENAMETOOLONG: 'The name is longer than this drive takes',
  EIO: 'The drive does not answer as it should',
};

/** A temporary file is told of by the name that it was to get. */
const temporaryEnding = /\.[0-9a-f]{16}\.tmp$/;

/**
 * What a person reads of a transfer that failed: the system's reason in words and what it is about, else what the vault or
 * the job says itself.
 */
export function failureWords({ message, cause, file }: TransferError): string {
  const system = [cause, cause instanceof Error ? cause.cause : undefined].find(
    (each) => systemErrorCode(each) !== undefined,
  );
  const words = systemFailureWords(system);
  if (words !== undefined) {
    return words;
  }
  if (VaultError.is(cause)) {
    return vaultErrorWords(cause);
  }
  if (file !== undefined) {
    return `${translated(message)}: ${visibleText(file)}`;
  }
  return cause === undefined || toError(cause).name === 'AbortError'
    ? translated(message)
    : `${translated(message)}: ${visibleText(toError(cause).message)}`;
}

/** What the vault says is wrong, and in which line of a file that a person gave. */
export function vaultErrorWords({ message, line }: VaultError): string {
  return line === undefined
    ? translated(message)
    : l10n.t('line {0}: {1}', line, translated(message));
}

/** What the system said, in words, and of which file; `undefined` for any other error. */
export function systemFailureWords(error: unknown): string | undefined {
  const code = systemErrorCode(error);
  if (code === undefined) {
    return undefined;
  }
  const file = pathOf(error)?.replace(temporaryEnding, '');
  const known = systemWords[code];
  const words = known === undefined ? l10n.t('The system says {0}', code) : translated(known);
  return file === undefined ? words : `${words}: ${visibleText(file)}`;
}

function pathOf(error: unknown): string | undefined {
  return error instanceof Error && 'path' in error && typeof error.path === 'string'
    ? error.path
    : undefined;
}
