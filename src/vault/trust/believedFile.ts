import type { Keyring } from '../age/identity.ts';
import { currentIdentityOf, parseVaultFile, type VaultFile } from '../protectors/vaultFile.ts';
import { VaultError } from '../vaultError.ts';
import { ReadTrust } from './readTrust.ts';
import {
  demandKnownAuthor,
  isOfAuthor,
  knownAuthorOf,
  type KnownAuthor,
} from '../keys/vaultAuthorship.ts';
import { readVaultFileBytes } from '../keys/vaultStore.ts';
import { VaultTrust } from './vaultTrust.ts';

/** Says, each time it is asked, whom to trust in a vault's folder now. @throws {VaultError} when nobody can tell */
export type Believe = () => Promise<ReadTrust>;

/**
 * Believes the `vault.json` of a folder as far as its owner's keys and what this computer remembers of it allow. It is read again
 * each time, as a device may be let in at any; what has not changed is not checked again.
 * @param owners who may own it: of a window's vault the current identity alone, as an earlier one may be in wrong hands; with no key at
 * hand, as while the vault is locked, what is remembered has to do
 * @param keysFolder where this computer remembers it
 * @throws {VaultError} `untrusted`; `rotated` when the keys at hand are those from before a change that another window made; `damaged`
 * where there is no file
 */
export function believeIn(folder: string, owners: Keyring, keysFolder: string): Believe {
  const remembered = new VaultTrust(folder, keysFolder);
  const authors = owners.map(knownAuthorOf);
  let last: { readonly bytes: Buffer; readonly trust: ReadTrust } | undefined;
  return async () => {
    const bytes = await readVaultFileBytes(folder);
    if (bytes === undefined) {
      throw new VaultError('damaged', 'There is no vault.json');
    }
    if (last?.bytes.equals(bytes) === true) {
      return last.trust;
    }
    last = undefined;
    const file = parseVaultFile(bytes);
    await remembered.check(file);
    if (authors.length > 0) {
      demandOwner(file, authors);
    }
    const trust = new ReadTrust(file);
    // Of an unsigned file, which may be taken over, more is asked than what stands in it.
    last = file.version === 1 ? undefined : { bytes, trust };
    return trust;
  };
}

/** Believes what was found out once, as where a recovery kit stands in for a lost file. */
export function believeAlways(trust: ReadTrust): Believe {
  return () => Promise.resolve(trust);
}

/** What was signed by somebody else's key is believed by nobody, whatever is remembered. */
function demandOwner(file: VaultFile, owners: readonly KnownAuthor[]): void {
  const current = currentIdentityOf(file);
  const owner = owners.find(({ recipient }) => recipient === current?.recipient);
  if (owner !== undefined) {
    demandKnownAuthor(file, owner);
    return;
  }
  if (file.version === 1 || owners.some((each) => isOfAuthor(file, each))) {
    throw new VaultError('rotated', 'The vault has other keys than those at hand');
  }
  throw new VaultError('untrusted', 'vault.json is of other keys', { doubt: 'replaced' });
}
