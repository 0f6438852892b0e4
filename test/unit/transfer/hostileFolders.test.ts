import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rename, symlink } from 'node:fs/promises';
import path from 'node:path';
import { withLock } from '../../../src/files/fileLock.ts';
import { createFile, replaceFile } from '../../../src/files/durableFiles.ts';
import { shredFile } from '../../../src/files/shredFile.ts';
import { CompanionPairings } from '../../../src/focus/companion/companionPairings.ts';
import { proxyToken } from '../../../src/focus/proxy/proxyToken.ts';
import { FocusStateFile } from '../../../src/focus/session/focusStateFile.ts';
import { journalKind, RestoreJournal } from '../../../src/focus/undo/restoreJournal.ts';
import { PauseMark } from '../../../src/host/recording/pauseMark.ts';
import { leftoverName, shortVaultId } from '../../../src/transfer/copies/backupNames.ts';
import { deviceId } from '../../../src/transfer/sync/deviceId.ts';
import { switchVault } from '../../../src/vault/folder/vaultLocation.ts';
import { DeviceKeys } from '../../../src/vault/keys/deviceKeys.ts';
import { writeKit } from '../../../src/vault/keys/kitFile.ts';
import { formatRecoveryKit } from '../../../src/vault/keys/recoveryKit.ts';
import { updateVaultFile } from '../../../src/vault/keys/vaultFileUpdate.ts';
import { KeyFileProtector } from '../../../src/vault/protectors/keyFileProtector.ts';
import { VaultPins } from '../../../src/vault/trust/vaultPins.ts';
import { loadSqlite } from '../../../src/vault/sqlite/database.ts';
import { compact, makeSnapshot } from '../../../src/vault/upkeep/compaction.ts';
import { withCompactionLock } from '../../../src/vault/upkeep/compactionLock.ts';
import { salvageVault } from '../../../src/vault/upkeep/salvage.ts';
import { purgeDeletedTemplates } from '../../../src/vault/upkeep/templatePurge.ts';
import { verifyVault } from '../../../src/vault/upkeep/verify.ts';
import { purgeVault } from '../../../src/vault/vaultPurge.ts';
import {
  foreignThingNames,
  SomebodysFolder,
  type ForeignThing,
} from '../../support/foreignThings.ts';
import { wasmPath } from '../../support/keeperBundle.ts';
import { repositoryRoot } from '../../support/repositoryRoot.ts';
import { TestVault } from '../../support/testVault.ts';
import { TestFolders, transfer } from '../../support/transferPlace.ts';
import { trusting } from '../../support/trusting.ts';
import { auditRecord, minuteRecord, sessionRecord, testId } from '../../support/vaultRecords.ts';

const nowMs = Date.UTC(2026, 10, 21, 18, 30, 15);
const minute = Math.floor(nowMs / 60_000) - 100;
const week = 8 * 24 * 3_600_000;
const vaultId = testId(99);

/** All that a device has: a vault, its storage folder, backups, and a sync folder with what it wrote. */
class World {
  readonly vault: TestVault;
  readonly storage: string;
  readonly backups: string;
  readonly shared: string;

  private constructor(vault: TestVault, base: string) {
    this.vault = vault;
    this.storage = path.join(base, 'storage');
    this.backups = path.join(base, 'backups');
    this.shared = path.join(base, 'shared');
  }

  static async make(vault: TestVault, base: string): Promise<World> {
    const world = new World(vault, base);
    for (const folder of [world.storage, world.backups, world.shared]) {
      await mkdir(folder);
    }
    await world.record(1);
    await makeSnapshot(await vault.ledger(), vault);
    await world.record(2);
    return world;
  }

  async record(id: number): Promise<void> {
    const startMs = nowMs - 100 * 60_000;
    await this.vault.record(
      sessionRecord(id, startMs, startMs + 5 * 60_000),
      minuteRecord(id, minute, { insertedChars: 7 }),
      auditRecord(id + 40),
    );
  }

  /** The path of the only file in a folder of the vault whose name ends so, or of any. */
  async inVault(folder: string, ending = ''): Promise<string> {
    const inner = path.join(this.vault.folder, folder);
    const found = (await readdir(inner)).find((name) => name.endsWith(ending));
    assert.ok(found !== undefined, `${folder} holds one`);
    return path.join(inner, found);
  }

  async own(): Promise<string> {
    return path.join(this.shared, 'millrace-00000000', await deviceId(this.storage));
  }

  sync() {
    return transfer(this.vault, 'sync', { folder: this.shared, storage: this.storage });
  }

  backUp() {
    return transfer(this.vault, 'backUp', { folder: this.backups });
  }

  keys() {
    return trusting(this.vault.keyring());
  }

  async eraseAll() {
    const asked = {
      selection: { what: 'everything' as const },
      backupFolders: [this.backups],
      sync: { folder: this.shared, device: await deviceId(this.storage) },
      storage: this.storage,
    };
    const { ids } = await transfer(this.vault, 'planErase', asked);
    return transfer(this.vault, 'erase', { ...asked, ids });
  }
}

/** One thing that is done to a file of ours, and by whom. */
interface Caller {
  /** Files of src/ that overwrite, rename over or remove what lies there. */
  readonly by: readonly string[];
  /** Makes the world as it is before. @returns where something else lies then */
  readonly place: (world: World) => string | Promise<string>;
  /** May end with an error, and does end. */
  readonly run: (world: World) => unknown;
}

const inStorage =
  (name: string) =>
  ({ storage }: World) =>
    path.join(storage, name);

const entry = journalKind('hosts', {});

const callers: Readonly<Record<string, Caller>> = {
  'a file is shredded': {
    by: ['files/shredFile.ts'],
    place: inStorage('a.tmp'),
    run: ({ storage }) => shredFile(path.join(storage, 'a.tmp')),
  },
  'a file is replaced, and one is made': {
    by: ['files/durableFiles.ts', 'host/data/backup/backupScheduler.ts'],
    place: inStorage('state.json'),
    run: async ({ storage }) => {
      await createFile(path.join(storage, 'state.json'), Buffer.from('new'));
      await replaceFile(path.join(storage, 'state.json'), Buffer.from('new'));
    },
  },
  'a lock is taken over': {
    by: ['files/fileLock.ts'],
    place: inStorage('a.lock'),
    run: ({ storage }) => withLock(path.join(storage, 'a.lock'), () => Promise.resolve()),
  },
  'tracking is paused': {
    by: ['host/recording/pauseMark.ts'],
    place: inStorage('paused'),
    run: async ({ storage }) => {
      const mark = new PauseMark(storage);
      assert.ok(await mark.isSet(), 'whatever is there says so');
      await mark.set();
      await mark.remove();
    },
  },
  'a focus session is kept': {
    by: ['focus/session/focusStateFile.ts'],
    place: inStorage('focus.json'),
    run: async ({ storage }) => {
      const file = new FocusStateFile(storage);
      await file.version();
      assert.equal(await file.read(), undefined);
    },
  },
  'what is to be undone is kept': {
    by: ['focus/undo/restoreJournal.ts', 'focus/undo/warden.ts'],
    place: inStorage('restore/hosts.json'),
    run: async ({ storage }) => {
      const journal = new RestoreJournal(storage, () => [entry]);
      assert.deepEqual(await journal.all(), []);
      await journal.tidy(nowMs);
      await journal.write(entry, { target: 'hosts', version: 1, deadlineMs: nowMs });
      await journal.remove(entry);
    },
  },
  'what a crash left of the journal is removed': {
    by: ['focus/undo/restoreJournal.ts'],
    place: inStorage('restore/hosts.json.0123456789abcdef.tmp'),
    run: ({ storage }) => new RestoreJournal(storage, () => [entry]).tidy(nowMs),
  },
  'the proxy has its address': {
    by: ['focus/proxy/proxyToken.ts'],
    place: inStorage('proxy-token'),
    run: ({ storage }) => proxyToken(storage),
  },
  'a browser is paired': {
    by: ['focus/companion/companionPairings.ts'],
    place: inStorage('companions.json'),
    run: ({ storage }) =>
      new CompanionPairings(storage).add({
        keyId: '0'.repeat(16),
        secret: '0'.repeat(64),
        origin: 'moz-extension://a',
        browser: 'Firefox',
        pairedMs: nowMs,
      }),
  },
  'which vault is current is written': {
    by: ['vault/folder/vaultLocation.ts', 'vault/folder/generationLock.ts'],
    place: inStorage('vault-location.json'),
    run: ({ storage, vault }) => switchVault(storage, vault.folder, `${vault.folder}.next`, nowMs),
  },
  'a lock on it is abandoned': {
    by: ['vault/folder/generationLock.ts'],
    place: inStorage('vault-location.json.0-0.lock'),
    run: ({ storage, vault }) => switchVault(storage, vault.folder, `${vault.folder}.next`, nowMs),
  },
  'a key file is kept': {
    by: ['vault/protectors/keyFileProtector.ts'],
    place: ({ vault }) => path.join(vault.keysFolder, `${vaultId}.key`),
    run: async ({ vault }) => {
      const protector = new KeyFileProtector(vault.keysFolder);
      await protector.load(vaultId).catch(() => undefined);
      await protector.store(vaultId, new Uint8Array(32)).catch(() => undefined);
      await protector.remove(vaultId);
    },
  },
  'the key of the device is kept': {
    by: ['vault/keys/deviceKeys.ts'],
    place: ({ vault }) => path.join(vault.keysFolder, `${vaultId}.device`),
    run: async ({ vault }) => {
      const keys = new DeviceKeys(vault.keysFolder);
      await keys.load(vaultId).catch(() => undefined);
      await keys.remove(vaultId);
    },
  },
  'what is known of a vault is kept': {
    by: ['vault/trust/vaultPins.ts'],
    place: async ({ vault }) => {
      await new VaultPins(vault.keysFolder).note(vault.folder, vault.vaultFile());
      return path.join(vault.keysFolder, (await readdir(vault.keysFolder))[0] ?? '');
    },
    run: async ({ vault }) => {
      const pins = new VaultPins(vault.keysFolder);
      await pins.find(vault.folder, vault.vaultFile());
      await pins.note(vault.folder, vault.vaultFile()).catch(() => undefined);
      await pins.forgetVault(vaultId);
      await pins.forget(vault.folder);
    },
  },
  'vault.json is changed': {
    by: ['vault/keys/vaultFileUpdate.ts', 'vault/keys/vaultStore.ts'],
    place: ({ vault }) => path.join(vault.folder, 'vault.json'),
    run: ({ vault }) =>
      updateVaultFile(
        { folder: vault.folder, check: () => Promise.resolve() },
        vault.keyring(),
        (file) => ({ ...file }),
      ),
  },
  'vault.json is made anew': {
    by: ['vault/keys/vaultFileRebuild.ts', 'vault/upkeep/salvage.ts'],
    place: ({ vault }) => path.join(vault.folder, 'vault.json'),
    run: async (world) =>
      salvageVault(world.vault, world.keys(), await loadSqlite(wasmPath), {
        newFile: world.vault.vaultFile(),
      }),
  },
  'a window lives on': {
    by: ['vault/folder/liveMarkers.ts', 'vault/segments/segmentFile.ts'],
    place: ({ vault }) => path.join(vault.segmentsFolder, `${'ab'.repeat(16)}.live`),
    run: async ({ vault }) => {
      const { touchLiveMarker, findDeadWriters, removeLiveMarker } =
        await import('../../../src/vault/folder/liveMarkers.ts');
      const writer = 'ab'.repeat(16);
      await findDeadWriters(vault.segmentsFolder, [writer], nowMs);
      await touchLiveMarker(vault.segmentsFolder, writer, nowMs).catch(() => undefined);
      await removeLiveMarker(vault.segmentsFolder, writer);
    },
  },
  'a segment is verified, compacted and salvaged': {
    by: ['vault/upkeep/compaction.ts', 'vault/upkeep/salvage.ts', 'vault/database/snapshot.ts'],
    place: (world) => world.inVault('segments', '.seg'),
    run: upkeep,
  },
  'a snapshot is verified, compacted and salvaged': {
    by: ['vault/upkeep/compaction.ts', 'vault/upkeep/salvage.ts', 'vault/database/snapshot.ts'],
    place: (world) => world.inVault('snapshots'),
    run: upkeep,
  },
  'the trash is emptied': {
    by: ['vault/upkeep/compaction.ts', 'vault/upkeep/templatePurge.ts'],
    place: async (world) => {
      await compact(await world.vault.ledger(), world.vault);
      return world.inVault('trash');
    },
    run: async (world) => {
      world.vault.clock.advance(week);
      await upkeep(world);
    },
  },
  'a compaction takes its lock': {
    by: ['vault/upkeep/compactionLock.ts'],
    place: ({ vault }) => path.join(vault.folder, 'compaction.lock'),
    run: ({ vault }) => withCompactionLock(vault.folder, nowMs, () => Promise.resolve()),
  },
  'a vault is purged: a segment': purging(({ vault }) =>
    path.join(vault.folder, 'segments', `${'cd'.repeat(16)}-00000001.seg`),
  ),
  'a vault is purged: a folder of it': purging(async ({ vault }) => {
    const trash = path.join(vault.folder, 'trash');
    await mkdir(trash, { recursive: true });
    return trash;
  }),
  'a vault is purged: its keys': purging(({ vault }) => path.join(vault.folder, 'vault.json')),
  'a vault is purged: a copy of its keys': purging(({ vault }) =>
    path.join(vault.folder, 'vault (1).json'),
  ),
  'an import is forgotten': {
    by: ['transfer/import/importList.ts'],
    place: ({ vault }) => path.join(vault.folder, 'imports', '00000001-0123456789abcdef.age'),
    run: ({ vault }) => transfer(vault, 'undoImport', {}),
  },
  'a backup is made: its keys': {
    by: ['transfer/backup/backup.ts', 'transfer/backup/backupDraft.ts'],
    place: ({ backups }) => path.join(backups, `millrace-${shortVaultId(vaultId)}.keys.json`),
    run: (world) => world.backUp(),
  },
  'a backup is pruned: what is left of one': {
    by: ['transfer/copies/backupRemoval.ts', 'transfer/copies/findBeside.ts'],
    place: async (world) => {
      const { file } = await world.backUp();
      return path.join(world.backups, leftoverName(path.basename(file), shortVaultId(vaultId)));
    },
    run: ({ vault, backups }) => transfer(vault, 'pruneBackups', { folder: backups }),
  },
  'a backup is listed, verified, pruned and erased: its manifest': {
    by: ['transfer/copies/backupRemoval.ts', 'transfer/erase/eraseBackups.ts'],
    place: async (world) => backupFile(world, '.json'),
    run: backups,
  },
  'a backup is listed, verified, pruned and erased: its age file': {
    by: ['transfer/copies/backupRemoval.ts', 'transfer/erase/eraseBackups.ts'],
    place: async (world) => backupFile(world, '.age'),
    run: backups,
  },
  'a month is synced, erased and left': {
    by: [
      'transfer/sync/syncWriting.ts',
      'transfer/sync/leaveSync.ts',
      'transfer/erase/eraseSync.ts',
    ],
    place: async (world) => {
      await world.sync();
      return path.join(await world.own(), '2026-11.age');
    },
    run: syncing,
  },
  'what is left of a month is synced, erased and left': {
    by: [
      'transfer/sync/syncWriting.ts',
      'transfer/sync/leaveSync.ts',
      'transfer/erase/eraseSync.ts',
    ],
    place: async (world) => {
      await world.sync();
      return path.join(await world.own(), '2026-01.age.0123456789abcdef.tmp');
    },
    run: syncing,
  },
  'keys are synced and left': {
    by: ['transfer/sync/syncWriting.ts'],
    place: async (world) => path.join(await world.own(), 'millrace-00000000.keys.json'),
    run: syncing,
  },
  'what was synced is remembered': {
    by: ['transfer/sync/syncState.ts', 'transfer/sync/leaveSync.ts'],
    place: async (world) => {
      await world.sync();
      const name = (await readdir(world.storage)).find((each) => each.includes('sync'));
      return path.join(world.storage, name ?? '');
    },
    run: syncing,
  },
  'which device this is is written': {
    by: ['transfer/sync/deviceId.ts'],
    place: inStorage('device.json'),
    run: (world) => world.sync(),
  },
  'a record is erased from a segment': {
    by: ['transfer/erase/eraseVault.ts'],
    place: (world) => world.inVault('segments', '.seg'),
    run: (world) => world.eraseAll(),
  },
  'a recovery kit is saved': {
    by: ['vault/keys/kitFile.ts'],
    place: inStorage('kit.txt'),
    run: ({ storage }) => writeKit(path.join(storage, 'kit.txt'), 'a kit'),
  },
  'an export is written over': {
    by: ['transfer/export/outputFile.ts'],
    place: inStorage('export.json'),
    run: ({ vault, storage }) =>
      transfer(vault, 'export', {
        target: path.join(storage, 'export.json'),
        format: 'json',
        replaces: true,
        days: null,
      }),
  },
  'what is left of a restored vault is removed': {
    by: ['transfer/restore/restoreAsNew.ts'],
    place: ({ storage }) => path.join(storage, 'vaults', '20261101-000000.tmp'),
    run: async (world) => {
      const { file } = await world.backUp();
      await restore(world, path.join(world.backups, file));
    },
  },
  'what is named is restored and imported': {
    by: ['transfer/restore/restoreAsNew.ts'],
    place: inStorage('named.age'),
    run: async (world) => {
      const file = path.join(world.storage, 'named.age');
      await restore(world, file).catch(() => undefined);
      await transfer(world.vault, 'import', { file });
    },
  },
};

/** Which only replace what a person chose or what is theirs, by {@link replaceFile}, or remove by name what another line tries. */
const byOthersHands = [
  'cli/commands/vaultCommand.ts',
  'host/data/backup/oldVaultDialogs.ts',
  'host/data/exchange/configurationDialogs.ts',
  'transfer/erase/purgeEverything.ts',
  // The system's hosts file, which test/blocking tries.
  'focus/hosts/hostsBlocker.ts',
  'focus/hosts/hostsFile.ts',
];

function purging(place: Caller['place']): Caller {
  return {
    by: ['vault/vaultPurge.ts', 'vault/folder/vaultCopies.ts'],
    place,
    run: ({ vault }) =>
      purgeVault({
        folder: vault.folder,
        keysFolder: vault.keysFolder,
        protectors: [],
        log: vault.log,
      }),
  };
}

/** Each is done though another failed. */
async function each(...works: readonly (() => Promise<unknown>)[]): Promise<void> {
  for (const work of works) {
    await work().catch(() => undefined);
  }
}

async function upkeep(world: World): Promise<void> {
  const { vault } = world;
  const sqlite = await loadSqlite(wasmPath);
  await verifyVault(vault.folder, world.keys(), sqlite);
  await each(
    async () => compact(await vault.ledger(), vault),
    async () => purgeDeletedTemplates(await vault.ledger(), { ...placeOf(vault), sqlite }),
    () => salvageVault(vault, world.keys(), sqlite),
    async () => compact(await vault.ledger(), vault),
  );
}

function placeOf({ folder, clock, log }: TestVault) {
  return { folder, clock, log };
}

async function backupFile(world: World, ending: string): Promise<string> {
  const { file } = await world.backUp();
  return path.join(world.backups, file.replace(/\.age$/, ending));
}

async function backups(world: World): Promise<void> {
  const { vault, backups: folder } = world;
  const key = kitKey(world);
  const names = (await readdir(folder)).filter((name) => name.endsWith('.age'));
  await each(
    () => transfer(vault, 'listBackups', { folder, key }),
    ...names.map(
      (name) => () => transfer(vault, 'verifyBackup', { file: path.join(folder, name) }),
    ),
    () => world.backUp(),
    () => transfer(vault, 'pruneBackups', { folder }),
    () => world.eraseAll(),
  );
}

async function syncing(world: World): Promise<void> {
  world.vault.clock.advance(2 * 3_600_000);
  await world.record(3);
  await each(
    () => world.sync(),
    () => world.eraseAll(),
    () => world.sync(),
    () => transfer(world.vault, 'leaveSync', { folder: world.shared, storage: world.storage }),
  );
}

function kitKey({ vault }: World) {
  return {
    kind: 'recoveryKey' as const,
    text: formatRecoveryKit(vault.vaultFile(), vault.keyring()),
  };
}

function restore(world: World, from: string): Promise<unknown> {
  const protector = { kind: 'keyFile' as const, key: new Uint8Array(32).fill(1) };
  const own = { storage: world.storage, protector, vault: vaultId };
  return transfer(world.vault, 'restoreAsNew', { from, key: kitKey(world), ...own });
}

describe('a folder that others can write to', function () {
  this.timeout(120_000);
  const folders = new TestFolders();
  let vault: TestVault;
  let base: string;

  beforeEach(async () => {
    vault = await TestVault.create(nowMs);
    base = await folders.make();
  });

  afterEach(async () => {
    await vault.release();
    await folders.remove();
  });

  async function attack({ place, run }: Caller, thing: ForeignThing): Promise<void> {
    const theirs = await SomebodysFolder.make(path.join(base, 'theirs'));
    const world = await World.make(vault, base);
    await theirs.put(thing, await place(world), Date.now());
    const before = process.resourceUsage().maxRSS;
    try {
      await run(world);
    } catch (error) {
      if (error instanceof assert.AssertionError) {
        throw error;
      }
    }
    await theirs.demandUntouched();
    const grownKibibytes = process.resourceUsage().maxRSS - before;
    assert.ok(grownKibibytes < 700 << 10, `${grownKibibytes} KiB more of memory`);
  }

  for (const [name, caller] of Object.entries(callers)) {
    it(`does no harm as ${name}`, async () => {
      for (const thing of foreignThingNames) {
        await attack(caller, thing);
        await vault.release();
        await folders.remove();
        vault = await TestVault.create(nowMs);
        base = await folders.make();
      }
    });
  }

  it('is told of by `verify`, and what else the vault holds is read', async () => {
    const sqlite = await loadSqlite(wasmPath);
    for (const thing of foreignThingNames.filter((each) => each !== 'otherName')) {
      const theirs = await SomebodysFolder.make(path.join(base, thing, 'theirs'));
      const world = await World.make(vault, path.join(base, thing));
      await theirs.put(thing, await world.inVault('segments', '.seg'), nowMs);
      await theirs.put(thing, await world.inVault('snapshots'), nowMs);
      await world.record(5);
      const { files, isWhole } = await verifyVault(vault.folder, world.keys(), sqlite);
      assert.equal(isWhole, false);
      assert.deepEqual(
        files.map(({ kind, state }) => `${kind} ${state}`).sort(),
        ['segment unreadable', 'segment whole', 'segment whole', 'snapshot unreadable'],
        thing,
      );
      await vault.release();
      vault = await TestVault.create(nowMs);
    }
  });

  it('may itself lie behind a link, as a sync folder of a person’s does', async () => {
    const world = await World.make(vault, base);
    for (const name of ['storage', 'backups', 'shared'] as const) {
      await rename(world[name], `${world[name]}.elsewhere`);
      await symlink(`${world[name]}.elsewhere`, world[name]);
    }
    const { file } = await world.backUp();
    assert.ok((await world.sync()).written > 0);
    const named = path.join(base, 'latest.age');
    await symlink(path.join(world.backups, file), named);
    await restore(world, named);
    const target = path.join(world.storage, 'export.json');
    const days = null;
    await transfer(vault, 'export', { target, format: 'json', replaces: false, days });
    assert.ok((await readFile(target, 'utf8')).includes('millrace'));
    const chosen = path.join(base, 'chosen.json');
    await symlink(target, chosen);
    await transfer(vault, 'import', { file: chosen });
  });

  it('is changed by nobody whom this table does not know', async () => {
    const known = new Set([...Object.values(callers).flatMap(({ by }) => by), ...byOthersHands]);
    assert.deepEqual([...(await destructiveFiles())].sort(), [...known].sort());
  });
});

const destructive =
  /import \{[^}]*\b(?:rm|rename|rmdir|unlink|lutimes|rmSync|renameSync|unlinkSync|rmdirSync)\b[^}]*\} from 'node:fs|import \{[^}]*\b(?:shredFile|replaceFile|createFile|placeFile|writeTemporary|renameTemporary|openToOverwrite|openNew)\b[^}]*\} from '[./]*(?:files\/\w+|(?:durableFiles|plainFile|newFile|shredFile))\.ts'/;

/** The files of src/ that import what changes or removes a file. */
async function destructiveFiles(): Promise<readonly string[]> {
  const root = path.join(repositoryRoot, 'src');
  const names = await readdir(root, { recursive: true });
  const found: string[] = [];
  for (const name of names.filter((each) => each.endsWith('.ts'))) {
    if (destructive.test(await readFile(path.join(root, name), 'utf8'))) {
      found.push(name.split(path.sep).join('/'));
    }
  }
  return found;
}
