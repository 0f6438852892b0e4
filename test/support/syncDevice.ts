import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { deviceId } from '../../src/transfer/sync/deviceId.ts';
import type { SyncParams, Synced } from '../../src/transfer/messages/syncMessages.ts';
import type { JobPlaceOptions } from '../../src/transfer/transferJob.ts';
import { AgeReader, memorySource, sealAge } from '../../src/vault/age/ageStream.ts';
import type { Identity } from '../../src/vault/age/identity.ts';
import { authorKeyOf } from '../../src/vault/age/signing.ts';
import type { ContentDigest } from '../../src/vault/database/contentDigest.ts';
import type { VaultRecord } from '../../src/vault/record.ts';
import { Database, loadSqlite } from '../../src/vault/sqlite/database.ts';
import { wasmPath } from './keeperBundle.ts';
import type { TestVault } from './testVault.ts';
import { contentOf, transfer } from './transferPlace.ts';

/** A vault with a storage folder of its own, which syncs through a folder. */
export class SyncDevice {
  readonly vault: TestVault;
  readonly storage: string;
  readonly shared: string;

  constructor(vault: TestVault, storage: string, shared: string) {
    this.vault = vault;
    this.storage = storage;
    this.shared = shared;
  }

  record(...records: readonly VaultRecord[]): Promise<void> {
    return this.vault.record(...records);
  }

  sync(
    accepts?: SyncParams['accepts'],
    changes: Partial<JobPlaceOptions> = {},
    folder = this.shared,
  ): Promise<Synced> {
    const params = { folder, storage: this.storage, ...(accepts !== undefined && { accepts }) };
    return transfer(this.vault, 'sync', params, changes);
  }

  content(): Promise<ContentDigest> {
    return contentOf(this.vault.folder, this.vault.keyring());
  }

  id(): Promise<string> {
    return deviceId(this.storage);
  }

  get home(): string {
    return path.join(this.shared, 'millrace-00000000');
  }

  /** This device's folder in the one that devices share. */
  async own(): Promise<string> {
    return path.join(this.home, await this.id());
  }

  get stateFile(): string {
    return path.join(this.storage, 'sync-state.json');
  }

  /** As an earlier Millrace left what it remembers: of version 1. */
  async makeStateFirst(): Promise<void> {
    const state = JSON.parse(await readFile(this.stateFile, 'utf8')) as Record<string, unknown>;
    const later = ['refused', 'newest', 'number'];
    const first = Object.fromEntries(
      Object.entries(state).filter(([member]) => !later.includes(member)),
    );
    await writeFile(this.stateFile, JSON.stringify({ ...first, version: 1 }));
  }
}

/** The plaintext of a sealed file. */
export function openedBytes(bytes: Uint8Array, identity: Identity): Uint8Array {
  const reader = new AgeReader(memorySource(bytes), [identity]);
  try {
    return reader.readAll();
  } finally {
    reader.dispose();
  }
}

/** A month as whoever knows the public recipient can make it, or with the author key of somebody. */
export async function resealed(
  bytes: Uint8Array,
  identity: Identity,
  {
    author,
    change = () => {},
  }: {
    readonly author?: Identity;
    readonly change?: (database: Database) => void;
  } = {},
): Promise<Uint8Array> {
  const database = new Database(await loadSqlite(wasmPath), openedBytes(bytes, identity));
  try {
    change(database);
    const plain = database.export();
    return author === undefined
      ? sealAge(identity.recipient, plain)
      : sealAge(identity.recipient, plain, { what: 'month', key: authorKeyOf(author) });
  } finally {
    database.close();
  }
}

/** A month as versions before wrote it: nobody signed it, and it says nothing of itself. */
export function asFirst(bytes: Uint8Array, identity: Identity): Promise<Uint8Array> {
  return resealed(bytes, identity, {
    change: (database) => {
      database.execute("DELETE FROM meta WHERE key LIKE 'sync\\_%' ESCAPE '\\'");
    },
  });
}
