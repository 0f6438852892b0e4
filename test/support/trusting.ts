import type { Keyring } from '../../src/vault/age/identity.ts';
import { believeIn } from '../../src/vault/keys/believedFile.ts';
import { ReadTrust, type VaultKeys } from '../../src/vault/keys/readTrust.ts';
import { Ledger, type LedgerOptions } from '../../src/vault/ledger/ledger.ts';

/** Keys that open what they open, whoever wrote it. */
export function trusting(keyring: Keyring): VaultKeys {
  const nobodys = {
    format: 'millrace-vault',
    version: 2,
    ...{ vault: '', generation: 1, createdMs: 0, recipient: '', protectors: [], identities: [] },
  } as const;
  return { keyring, trust: new ReadTrust(nobodys, true) };
}

/** A ledger of a vault that this computer remembers nothing of. */
export function newLedger(options: Omit<LedgerOptions, 'believe'>): Ledger {
  const { folder, keyring } = options;
  return new Ledger({ ...options, believe: believeIn(folder, keyring, `${folder}.nothing`) });
}
