import { randomBytes, timingSafeEqual } from 'node:crypto';
import { describeError, type Log } from '../../base/log.ts';
import { wipe } from '../age/identity.ts';
import { protectorKeyBytes } from './identityWrapping.ts';

/** Keeps a vault's 32-byte key somewhere outside the vault's folder. */
export interface Protector {
  readonly kind: 'secretStorage' | 'keyFile';
  /**
   * The key, or `undefined` when there is none; the caller wipes it.
   * @throws {VaultError} `damagedKeyFile` when what is there is no key.
   */
  load(vaultId: string): Promise<Uint8Array | undefined>;
  store(vaultId: string, key: Uint8Array): Promise<void>;
  /** Forgets the key; it need not be there. */
  remove(vaultId: string): Promise<void>;
}

/**
 * Stores a new random key in a protector and looks whether it comes back: a keyring that is locked, a browser's
 * storage that is full, or a read-only home would lose the vault. The caller wipes the key.
 * @returns the key, or `undefined` when it did not come back.
 */
export async function tryProtector(
  protector: Protector,
  vaultId: string,
  log: Log,
): Promise<Uint8Array | undefined> {
  const key = Uint8Array.from(randomBytes(protectorKeyBytes));
  let isKept = false;
  try {
    await protector.store(vaultId, key);
    const loaded = await protector.load(vaultId);
    isKept = loaded?.length === key.length && timingSafeEqual(loaded, key);
    if (loaded !== undefined) {
      wipe(loaded);
    }
  } catch (error) {
    log.warn('A protector failed its round trip', {
      kind: protector.kind,
      ...describeError(error),
    });
  }
  if (isKept) {
    return key;
  }
  wipe(key);
  await protector.remove(vaultId).catch(() => undefined);
  return undefined;
}
