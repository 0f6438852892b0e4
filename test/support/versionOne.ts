import type { VaultFile } from '../../src/vault/protectors/vaultFile.ts';

/** The same `vault.json` as version 1 had it: signed by nobody, and with no author, device or accepted file. */
export function asVersionOne(file: VaultFile): VaultFile {
  const { format, vault, generation, createdMs, recipient, protectors, identities } = file;
  const unsigned = identities.flatMap((entry) => {
    if (entry.state === 'destroyed') {
      return [];
    }
    const { recipient: whose, state, createdMs: madeMs, sinceMs, wrapped } = entry;
    return [{ recipient: whose, state, createdMs: madeMs, sinceMs, wrapped }];
  });
  return {
    format,
    version: 1,
    ...{ vault, generation, createdMs, recipient, protectors, identities: unsigned },
  };
}
