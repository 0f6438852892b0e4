import { randomBytes } from 'node:crypto';
import { wipe, type Identity, type Keyring } from '../age/identity.ts';
import { wrapIdentity } from '../protectors/identityWrapping.ts';
import { VaultError } from '../vaultError.ts';
import type {
  IdentityEntry,
  ProtectorEntry,
  ProtectorKind,
  VaultFile,
} from '../protectors/vaultFile.ts';
import { unwrapAll } from './vaultStore.ts';

/** Changes to a `vault.json`, as functions from one to the next. Nothing here reads or writes. */

/** A protector and its key, at hand for wrapping. */
export interface ProtectorKey {
  readonly entry: ProtectorEntry;
  readonly key: Uint8Array;
}

export function newProtectorId(): string {
  return randomBytes(16).toString('hex');
}

/** The protectors of a kind. */
export function protectorsOf(file: VaultFile, kind: ProtectorKind): ProtectorEntry[] {
  return file.protectors.filter((entry) => entry.kind === kind);
}

/** Adds a protector that wraps every identity of the keyring. */
export function withProtector(
  file: VaultFile,
  { entry, key }: ProtectorKey,
  keyring: Keyring,
): VaultFile {
  return {
    ...file,
    protectors: [...file.protectors, entry],
    identities: file.identities.map((identity) => {
      const own = keyring.find(({ recipient }) => recipient === identity.recipient);
      return identity.state === 'destroyed' || own === undefined
        ? identity
        : {
            ...identity,
            wrapped: [
              ...identity.wrapped,
              { protector: entry.id, box: wrapIdentity(own, file.vault, entry, key) },
            ],
          };
    }),
  };
}

/**
 * Takes a protector away, with all that it wraps.
 * @throws {VaultError} `lastProtector` when no other protector has the current identity.
 */
export function withoutProtector(file: VaultFile, protectorId: string): VaultFile {
  const changed: VaultFile = {
    ...file,
    protectors: file.protectors.filter(({ id }) => id !== protectorId),
    identities: file.identities.map((identity) =>
      identity.state === 'destroyed'
        ? identity
        : {
            ...identity,
            wrapped: identity.wrapped.filter(({ protector }) => protector !== protectorId),
          },
    ),
  };
  const isProtected = changed.identities.some(
    (identity) => identity.state === 'current' && identity.wrapped.length > 0,
  );
  if (!isProtected) {
    throw new VaultError('lastProtector', 'The last protector of a vault stays');
  }
  return changed;
}

/**
 * Makes a new identity the current one, wrapped for the protectors whose keys are at hand. The others can't
 * open what comes from now on, and are taken away together with the last retired identity.
 */
export function withNewIdentity(
  file: VaultFile,
  identity: Identity,
  keys: readonly ProtectorKey[],
  nowMs: number,
): VaultFile {
  if (keys.length === 0) {
    throw new VaultError('locked', 'No protector is at hand for the new identity');
  }
  const sinceMs = Math.round(nowMs);
  const entry: IdentityEntry = {
    recipient: identity.recipient,
    state: 'current',
    createdMs: sinceMs,
    sinceMs,
    wrapped: keys.map((protector) => ({
      protector: protector.entry.id,
      box: wrapIdentity(identity, file.vault, protector.entry, protector.key),
    })),
  };
  return {
    ...file,
    recipient: identity.recipient,
    identities: [
      entry,
      ...file.identities.map((old): IdentityEntry =>
        old.state === 'current' ? { ...old, state: 'retired', sinceMs } : old,
      ),
    ],
  };
}

/** Forgets retired identities for good, and the protectors that wrap nothing then. */
export function withDestroyed(
  file: VaultFile,
  recipients: ReadonlySet<string>,
  nowMs: number,
): VaultFile {
  const identities = file.identities.map((identity): IdentityEntry => {
    if (identity.state !== 'retired' || !recipients.has(identity.recipient)) {
      return identity;
    }
    const { recipient, createdMs, author, vouched } = identity;
    return {
      recipient,
      // The chain of who vouched for whom goes through it.
      ...(author !== undefined && { author }),
      ...(vouched !== undefined && { vouched }),
      state: 'destroyed',
      createdMs,
      sinceMs: Math.round(nowMs),
    };
  });
  const used = new Set(
    identities.flatMap((identity) =>
      identity.state === 'destroyed' ? [] : identity.wrapped.map(({ protector }) => protector),
    ),
  );
  return {
    ...file,
    protectors: file.protectors.filter(({ id }) => used.has(id)),
    identities,
  };
}

/** The retired identities, which something may still be sealed for. */
export function retiredRecipients(file: VaultFile): string[] {
  return file.identities
    .filter(({ state }) => state === 'retired')
    .map(({ recipient }) => recipient);
}

/** Which of the entries a key opens; `undefined` when none. */
export function entryOpenedBy(
  file: VaultFile,
  entries: readonly ProtectorEntry[],
  key: Uint8Array,
): ProtectorEntry | undefined {
  return entries.find((entry) => {
    try {
      wipe(...unwrapAll(file, entry, key));
      return true;
    } catch {
      return false;
    }
  });
}
