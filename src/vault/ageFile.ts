import type { Identity as AgeIdentity } from 'age-encryption';
import { fileKeyBytes, unwrapFileKey } from './ageStanza.ts';
import type { Keyring } from './identity.ts';
import { VaultError } from './vaultError.ts';

/**
 * Whole age files, for what is long: snapshots. The library is loaded when first needed; nothing on the
 * extension host's thread needs it.
 */

/** An age file of `plain` for one recipient. */
export async function encryptToRecipient(
  recipient: string,
  plain: Uint8Array,
): Promise<Uint8Array> {
  const { Encrypter } = await import('age-encryption');
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  return encrypter.encrypt(plain);
}

/**
 * What an age file holds.
 * @throws {VaultError} `wrongKey` when it was made for none of the identities, `damaged` when it is no age file
 * or any of it does not authenticate.
 */
export async function decryptWithKeyring(keyring: Keyring, file: Uint8Array): Promise<Uint8Array> {
  const { Decrypter } = await import('age-encryption');
  const decrypter = new Decrypter();
  const seen = { header: false, match: false };
  const opener: AgeIdentity = {
    unwrapFileKey(stanzas) {
      seen.header = true;
      for (const { args, body } of stanzas) {
        const share = args[0] === 'X25519' && args.length === 2 ? args[1] : undefined;
        for (const identity of share === undefined ? [] : keyring) {
          const stanza = { share: Buffer.from(share ?? '', 'base64'), body };
          const fileKey = unwrapFileKey(stanza, identity);
          if (fileKey?.length === fileKeyBytes) {
            seen.match = true;
            return fileKey;
          }
        }
      }
      return null;
    },
  };
  decrypter.addIdentity(opener);
  try {
    return await decrypter.decrypt(file);
  } catch (cause) {
    if (seen.header && !seen.match) {
      throw new VaultError('wrongKey', 'This age file is for none of the identities at hand', {
        cause,
      });
    }
    throw new VaultError('damaged', 'This age file does not authenticate', { cause });
  }
}
