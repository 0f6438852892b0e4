import { generateIdentity, type Identity } from '../../src/vault/age/identity.ts';
import { signVaultFile } from '../../src/vault/keys/vaultAuthorship.ts';
import type { IdentityEntry, VaultFile } from '../../src/vault/protectors/vaultFile.ts';

/** Files that somebody makes of a `vault.json` who can write it, each with a right checksum and a signature that fits it. */

/** With one of its identities as the current one. */
export function withCurrent(file: VaultFile, { recipient }: Identity): VaultFile {
  return {
    ...file,
    recipient,
    identities: file.identities.map((entry) =>
      entry.state === 'destroyed'
        ? entry
        : { ...entry, state: entry.recipient === recipient ? 'current' : 'retired' },
    ),
  };
}

/** An identity that nothing wraps. */
export function currentEntry(
  recipient: string,
): Exclude<IdentityEntry, { readonly state: 'destroyed' }> {
  return { recipient, state: 'current', createdMs: 1, sinceMs: 1, wrapped: [] };
}

/** With a stranger's identity before all others, signed by the stranger. */
export function withStranger(file: VaultFile, stranger = generateIdentity()): VaultFile {
  const rest = file.identities.map((each) =>
    each.state === 'current' ? ({ ...each, state: 'retired' } as const) : each,
  );
  return signVaultFile(
    {
      ...file,
      recipient: stranger.recipient,
      identities: [currentEntry(stranger.recipient), ...rest],
      generation: file.generation + 1,
    },
    [stranger],
  );
}

/** As an earlier Millrace wrote it: nobody signed it. */
export function unsignedVaultFile(file: VaultFile): VaultFile {
  const earlier: VaultFile = { ...structuredClone(file), version: 1 };
  delete earlier.devices;
  delete earlier.accepted;
  delete earlier.signature;
  for (const entry of earlier.identities) {
    delete entry.author;
    delete entry.vouched;
  }
  return earlier;
}
