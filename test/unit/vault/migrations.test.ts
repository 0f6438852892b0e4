import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import { sealAge } from '../../../src/vault/age/ageStream.ts';
import { Database, loadSqlite, type Sqlite } from '../../../src/vault/sqlite/database.ts';
import { generateIdentity } from '../../../src/vault/age/identity.ts';
import { KeyFileProtector } from '../../../src/vault/protectors/keyFileProtector.ts';
import {
  bringUpToDate,
  migrations,
  type Migration,
} from '../../../src/vault/database/migrations.ts';
import { createSchema } from '../../../src/vault/database/schema.ts';
import { schemaVersion } from '../../../src/vault/database/migrations.ts';
import { openSnapshot } from '../../../src/vault/database/snapshot.ts';
import { VaultError } from '../../../src/vault/vaultError.ts';
import { verifyVault } from '../../../src/vault/upkeep/verify.ts';
import { frozenTotalsSchema, readFrozenTotals } from '../../support/frozenTotals.ts';
import { wasmPath } from '../../support/keeperBundle.ts';
import { repositoryRoot } from '../../support/repositoryRoot.ts';
import { openKeyring, temporaryFolder } from '../../support/vaultTools.ts';
import { trusting } from '../../support/trusting.ts';

const fixtures = path.join(repositoryRoot, 'test/fixtures');
const failsWith = (reason: string) => (error: unknown) =>
  VaultError.is(error) && error.reason === reason;

describe('migrations of the schema', function () {
  this.timeout(30_000);
  let sqlite: Sqlite;

  before(async () => {
    sqlite = await loadSqlite(wasmPath);
  });

  const present = (): Database => {
    const database = new Database(sqlite, undefined);
    database.execute(createSchema);
    return database;
  };
  const versionOf = (database: Database): number | undefined =>
    database.row('PRAGMA user_version')?.number(0);
  /** Steps that write down that they ran; the one named fails. */
  const steps = (count: number, failing?: number): Migration[] =>
    Array.from({ length: count }, (_, index) => ({
      from: schemaVersion + index,
      apply: (database) => {
        database.execute('CREATE TABLE IF NOT EXISTS ran (step INTEGER)');
        database.run('INSERT INTO ran VALUES (?)', [schemaVersion + index]);
        if (schemaVersion + index === failing) {
          throw new VaultError('damaged', 'made up');
        }
      },
    }));
  const ran = (database: Database): number[] =>
    database.rows('SELECT step FROM ran').map((row) => row.number(0));

  it('has a step for each version but the present one', () => {
    assert.deepEqual(
      migrations.map(({ from }) => from),
      Array.from({ length: schemaVersion - 1 }, (_, index) => index + 1),
    );
  });

  it('leaves a database of the present version as it is', () => {
    const database = present();
    bringUpToDate(database);
    assert.equal(versionOf(database), schemaVersion);
    database.close();
  });

  it('takes every step from where the database is, in order, however the table lists them', () => {
    const database = present();
    bringUpToDate(database, steps(3).reverse(), schemaVersion + 3);
    assert.deepEqual(ran(database), [schemaVersion, schemaVersion + 1, schemaVersion + 2]);
    assert.equal(versionOf(database), schemaVersion + 3);
    bringUpToDate(database, steps(4), schemaVersion + 4);
    assert.equal(ran(database).at(-1), schemaVersion + 3);
    assert.equal(ran(database).length, 4);
    database.close();
  });

  it('takes all steps or none', () => {
    const database = present();
    assert.throws(() => {
      bringUpToDate(database, steps(3, schemaVersion + 2), schemaVersion + 3);
    }, failsWith('damaged'));
    assert.equal(versionOf(database), schemaVersion);
    assert.throws(() => ran(database), 'the table of the first step is not there');
    assert.throws(() => {
      bringUpToDate(database, steps(1), schemaVersion + 2);
    }, failsWith('unknownVersion'));
    assert.equal(versionOf(database), schemaVersion);
    database.close();
  });

  it('refuses what is later, and what is no database of a vault', () => {
    const database = present();
    database.execute(`PRAGMA user_version = ${schemaVersion + 1}`);
    assert.throws(() => {
      bringUpToDate(database);
    }, failsWith('unknownVersion'));
    database.execute('PRAGMA user_version = 0');
    assert.throws(() => {
      bringUpToDate(database);
    }, failsWith('damaged'));
    database.execute('PRAGMA user_version = 1; PRAGMA application_id = 1');
    assert.throws(() => {
      bringUpToDate(database);
    }, failsWith('damaged'));
    database.close();
  });

  it('never touches the snapshot that it was read from', async () => {
    const { folder, remove } = await temporaryFolder();
    const identity = generateIdentity();
    const file = path.join(folder, 'old.age');
    const old = present();
    const bytes = sealAge(identity.recipient, old.export());
    old.close();
    await mkdir(folder, { recursive: true });
    await writeFile(file, bytes);
    const opened = openSnapshot(file, trusting([identity]), sqlite, {
      steps: steps(2),
      target: schemaVersion + 2,
    });
    assert.deepEqual(ran(opened.database), [schemaVersion, schemaVersion + 1]);
    const written = new Database(sqlite, opened.database.export());
    assert.equal(versionOf(written), schemaVersion + 2);
    written.close();
    opened.dispose();
    assert.deepEqual(await readFile(file), Buffer.from(bytes));
    await remove();
  });
});

describe('every frozen vault', function () {
  this.timeout(30_000);

  it('opens, gives the totals of then, and verifies whole', async () => {
    const names = (await readdir(fixtures)).filter((name) => name.startsWith('vault-'));
    assert.ok(names.includes(`vault-schema-${schemaVersion}`), 'the present schema is frozen too');
    const sqlite = await loadSqlite(wasmPath);
    for (const name of names) {
      const root = path.join(fixtures, name);
      const totals: unknown = JSON.parse(await readFile(path.join(root, 'totals.json'), 'utf8'));
      assert.deepEqual(await readFrozenTotals(root), v.parse(frozenTotalsSchema, totals), name);
      const folder = path.join(root, 'vault');
      const keyring = await openKeyring(folder, [new KeyFileProtector(path.join(root, 'keys'))]);
      const report = await verifyVault(folder, trusting(keyring), sqlite);
      assert.ok(report.isWhole && report.files.length >= 2, name);
    }
  });
});
