import type { Keyring } from '../../src/vault/age/identity.ts';
import { believeIn } from '../../src/vault/trust/believedFile.ts';
import { ReadTrust, type VaultKeys } from '../../src/vault/trust/readTrust.ts';
import { Ledger, type LedgerOptions } from '../../src/vault/ledger/ledger.ts';

/** Keys that open what they open, whoever wrote it. */
export function trusting(keyring: Keyring): VaultKeys {
  return { keyring, trust: ReadTrust.ofAll() };
}

/** A ledger of a vault that this computer remembers nothing of. */
export function newLedger(options: Omit<LedgerOptions, 'believe'>): Ledger {
  const { folder, keyring } = options;
  return new Ledger({ ...options, believe: believeIn(folder, keyring, `${folder}.nothing`) });
}
