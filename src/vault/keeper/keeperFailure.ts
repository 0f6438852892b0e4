import { ChannelError } from '../../base/channel.ts';
import { VaultError, type VaultFailure } from '../vaultError.ts';

const failures: Readonly<Record<VaultFailure, true>> = {
  locked: true,
  wrongPassphrase: true,
  wrongIdentity: true,
  damagedKeyFile: true,
  wrongKey: true,
  untrusted: true,
  rotated: true,
  damaged: true,
  unknownVersion: true,
  unwritable: true,
  unusable: true,
  lastProtector: true,
  busy: true,
  costly: true,
  passphraseNeeded: true,
  destroyed: true,
  keeperFailed: true,
};

function isVaultFailure(word: string | undefined): word is VaultFailure {
  return word !== undefined && Object.hasOwn(failures, word);
}

/** The keeper's refusals are words of {@link VaultFailure}; whatever else went wrong is the keeper's failure. */
export function asVaultError(error: unknown): VaultError {
  if (VaultError.is(error)) {
    return error;
  }
  const word = ChannelError.is(error, 'refused') ? error.detail : undefined;
  const reason = isVaultFailure(word) ? word : 'keeperFailed';
  return new VaultError(reason, 'The keeper did not do what it was asked', { cause: error });
}
