import { ReasonedError, systemErrorCode } from '../base/errors.ts';
import { VaultError, type VaultFailure } from '../vault/vaultError.ts';

/** Why something could not leave the vault, or come back. */
export const transferFailures = [
  /** The folder or the file is not there: a drive that was taken out, a share that does not answer. */
  'unreachable',
  'full',
  'denied',
  /** What is there is not what was written there. */
  'damaged',
  /** The file that says which device this is holds no id. */
  'damagedDevice',
  'wrongKey',
  /** It is whole, and nothing says that the vault's owner wrote it. */
  'untrusted',
  'cancelled',
  /** A later Millrace wrote it. */
  'laterVersion',
  /** The vault's own keys are not at hand. */
  'locked',
  /** It is whole, and none of our files. */
  'notOurs',
  /** It is of a kind that is known, and not as that kind is written. */
  'malformed',
  /** It could not be written, and the system does not say why. */
  'unwritable',
  /** To try a passphrase would take more memory or time than Millrace ever asks for. */
  'costly',
  /** More than can be read with a bounded amount of memory. */
  'tooLarge',
  /** There is something of that name already. */
  'exists',
  /** The folder lies in the vault's own, and would be removed with it. */
  'insideVault',
  /** It is a link that leads out of the folder. Such are never followed. */
  'linkedOutside',
  'busy',
  'failed',
] as const;
export type TransferFailure = (typeof transferFailures)[number];

/** Everything the transfer room throws on purpose. The message names no path, key or content. */
export class TransferError extends ReasonedError<TransferFailure> {
  static readonly domain = 'Transfer';
  /** What it is about, by path, where a person is to be told. */
  readonly file: string | undefined;

  constructor(
    reason: TransferFailure,
    message: string,
    options?: ErrorOptions & { readonly file?: string },
  ) {
    super(TransferError.domain, reason, message, options);
    this.file = options?.file;
  }
}

const systemReasons: Readonly<Record<string, TransferFailure>> = {
  ENOSPC: 'full',
  EDQUOT: 'full',
  EFBIG: 'full',
  EACCES: 'denied',
  EPERM: 'denied',
  EROFS: 'denied',
  ENOENT: 'unreachable',
  ENOTDIR: 'unreachable',
  ENODEV: 'unreachable',
  ENXIO: 'unreachable',
  EIO: 'unreachable',
  ESTALE: 'unreachable',
  ENOTCONN: 'unreachable',
  EHOSTDOWN: 'unreachable',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  ETIMEDOUT: 'unreachable',
  EEXIST: 'exists',
  ENOTEMPTY: 'exists',
  EISDIR: 'notOurs',
  // A link, a pipe or the like under a name of ours: files/plainFile.ts.
  EFTYPE: 'notOurs',
};

const vaultReasons: Readonly<Partial<Record<VaultFailure, TransferFailure>>> = {
  locked: 'locked',
  passphraseNeeded: 'locked',
  wrongPassphrase: 'wrongKey',
  wrongIdentity: 'wrongKey',
  damagedKeyFile: 'wrongKey',
  wrongKey: 'wrongKey',
  destroyed: 'wrongKey',
  damaged: 'damaged',
  unknownVersion: 'laterVersion',
  unwritable: 'unwritable',
  untrusted: 'untrusted',
  rotated: 'busy',
  busy: 'busy',
  costly: 'costly',
};

/** Whatever a job ended with, as one of our own errors; what the system said is in its cause. */
export function asTransferError(thrown: unknown): TransferError {
  if (TransferError.is(thrown)) {
    return thrown;
  }
  if (thrown instanceof Error && thrown.name === 'AbortError') {
    return new TransferError('cancelled', 'The transfer was cancelled', { cause: thrown });
  }
  // The vault wraps what the system said about a write.
  const code =
    systemErrorCode(thrown) ?? (thrown instanceof Error && systemErrorCode(thrown.cause));
  const ofSystem = typeof code === 'string' ? systemReasons[code] : undefined;
  const ofVault = VaultError.is(thrown) ? vaultReasons[thrown.reason] : undefined;
  const reason =
    ofVault === undefined || ofVault === 'unwritable' ? (ofSystem ?? ofVault) : ofVault;
  return new TransferError(reason ?? 'failed', 'The transfer could not be done', { cause: thrown });
}
