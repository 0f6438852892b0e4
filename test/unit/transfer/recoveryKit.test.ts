import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFile, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { english, type Language } from '../../../src/base/language.ts';
import type { CheckedKit } from '../../../src/transfer/messages/kitMessages.ts';
import { sealAge } from '../../../src/vault/age/ageStream.ts';
import { generateIdentity, type Keyring } from '../../../src/vault/age/identity.ts';
import { formatRecoveryKit } from '../../../src/vault/keys/recoveryKit.ts';
import {
  identitiesFromKit,
  identitiesInKit,
  vaultOfKit,
} from '../../../src/vault/keys/recoveryKitReader.ts';
import { formatRecoveryKitPage } from '../../../src/vault/keys/recoveryKitPage.ts';
import { parseVaultFile, type VaultFile } from '../../../src/vault/protectors/vaultFile.ts';
import { Database, loadSqlite } from '../../../src/vault/sqlite/database.ts';
import { wasmPath } from '../../support/keeperBundle.ts';
import { allLanguages } from '../../support/languages.ts';
import { TestVault } from '../../support/testVault.ts';
import { TestFolders, transfer } from '../../support/transferPlace.ts';
import { minuteRecord, sessionRecord, testId } from '../../support/vaultRecords.ts';

const nowMs = Date.UTC(2026, 10, 21, 18, 30, 15);
const startMs = Date.UTC(2026, 10, 20, 9);

/** The lines that a person copies, as they stand in the kit. */
function commandsIn(kit: string): string[] {
  const page = /<pre class="commands">([^<]*)<\/pre>/.exec(kit)?.[1];
  const lines = page === undefined ? kit.match(/^# {3}.+$/gm) : page.split('\n');
  return (lines ?? []).map((line) =>
    line
      .replace(/^# +/, '')
      .replaceAll('&quot;', '"')
      .replaceAll('&gt;', '>')
      .replaceAll('&lt;', '<')
      .replaceAll('&amp;', '&'),
  );
}

describe('the recovery kit', function () {
  this.timeout(120_000);
  const folders = new TestFolders();
  let vault: TestVault;
  let file: VaultFile;
  let backups: string;

  beforeEach(async () => {
    vault = await TestVault.create(nowMs);
    file = parseVaultFile(await readFile(path.join(vault.folder, 'vault.json')));
    backups = await folders.make();
    const writer = vault.writer();
    await writer.append(
      sessionRecord(1, startMs, startMs + 600_000),
      minuteRecord(1, startMs / 60_000, { insertedChars: 4711 }),
    );
    await writer.close();
  });

  afterEach(async () => {
    await vault.release();
    await folders.remove();
  });

  const kits = (keyring: Keyring, language: Language): readonly string[] => [
    formatRecoveryKit(file, keyring, language),
    formatRecoveryKitPage(file, keyring, language, nowMs),
  ];

  for (const language of allLanguages) {
    it(`opens a backup with age and sqlite3 by its own words (${language.tag})`, async () => {
      const { file: made } = await transfer(vault, 'backUp', { folder: backups });
      for (const kit of kits(vault.keyring(), language)) {
        const folder = await folders.make();
        // Of the page a person writes the keys into the file.
        const isPage = kit.startsWith('<');
        const keys = (kit.match(/^AGE-SECRET-KEY-.+$/gm) ?? []).join('\n').split('<')[0] ?? '';
        await writeFile(path.join(folder, 'recovery-kit.txt'), isPage ? `${keys}\n` : kit);
        await copyFile(path.join(backups, made), path.join(folder, 'BACKUP.age'));
        const commands = commandsIn(kit);
        assert.equal(commands.length, 3);
        const outputs = commands.map((command) => {
          const { status, stdout, stderr } = spawnSync('sh', ['-c', command], { cwd: folder });
          assert.equal(status, 0, `${command}: ${stderr.toString()}`);
          return stdout.toString();
        });
        assert.match(outputs[1] ?? '', /sessions/);
        assert.match(outputs[2] ?? '', /4711/);
      }
    });
  }

  it('runs nothing of a forged database by its own words', async () => {
    // As `age -r` seals it, by whoever knows for whom.
    const forged = new Database(await loadSqlite(wasmPath), undefined);
    forged.execute(
      `CREATE TABLE sessions (id);
       CREATE VIEW minutes AS
         SELECT edit('x', 'touch PWNED; true') UNION ALL SELECT writefile('PWNED', 'x')
         UNION ALL SELECT readfile('recovery-kit.txt')`,
    );
    const sealed = sealAge(vault.identity.recipient, forged.export());
    forged.close();
    for (const kit of kits(vault.keyring(), english)) {
      const folder = await folders.make();
      const keys = (kit.match(/^AGE-SECRET-KEY-.+$/gm) ?? []).join('\n').split('<')[0] ?? '';
      await writeFile(path.join(folder, 'recovery-kit.txt'), `${keys}\n`);
      await writeFile(path.join(folder, 'BACKUP.age'), sealed);
      for (const command of commandsIn(kit)) {
        const { stdout } = spawnSync('sh', ['-c', command], { cwd: folder });
        assert.doesNotMatch(stdout.toString(), /AGE-SECRET-KEY/);
      }
      assert.deepEqual((await readdir(folder)).sort(), [
        'BACKUP.age',
        'millrace.db',
        'recovery-kit.txt',
      ]);
    }
  });

  it('is taken as a text and as a page, also as a browser saves it', () => {
    const other = generateIdentity();
    for (const language of allLanguages) {
      for (const kit of kits([...vault.keyring(), other], language)) {
        for (const text of [kit, kit.replaceAll('\n', '\r\n'), `\n${kit}`]) {
          assert.equal(vaultOfKit(text), file.vault);
          assert.deepEqual(
            identitiesInKit(text).map(({ recipient }) => recipient),
            [vault.identity.recipient, other.recipient],
          );
          const [own] = identitiesFromKit(text, file);
          assert.deepEqual(own, vault.identity);
        }
      }
    }
    assert.throws(() => identitiesInKit('<!doctype html><p>no key</p>'));
  });

  it('has lines that mail and editors leave as they are', () => {
    for (const language of allLanguages) {
      const keyring = [...vault.keyring(), generateIdentity(), generateIdentity()];
      for (const line of formatRecoveryKit(file, keyring, language).split('\n')) {
        // A key is as long as age has it: broken in two, age would not take it.
        const most = line.startsWith('AGE-SECRET-KEY-1') ? 74 : 71;
        assert.ok(line.length <= most, `${language.tag}: ${line.length} columns`);
        assert.equal(line, line.trimEnd());
      }
    }
  });

  it('runs nothing, loads nothing, and says the same in all languages', () => {
    for (const language of allLanguages) {
      const page = formatRecoveryKitPage(file, vault.keyring(), language, nowMs);
      assert.doesNotMatch(page, /<script|<link|<img|<iframe|url\(|@import|\bsrc=|href=|https?:/i);
      assert.match(page, /default-src 'none'/);
      assert.match(page, new RegExp(`<html lang="${language.tag}">`));
    }
    const [original, ...translations] = allLanguages.map((language) =>
      formatRecoveryKit(file, vault.keyring(), language),
    );
    assert.ok(translations.length > 0);
    for (const translation of translations) {
      assert.notEqual(translation, original);
      assert.deepEqual(commandsIn(translation), commandsIn(original ?? ''));
    }
  });

  describe('the drill', () => {
    const check = (text: string, backupFolders = [backups]): Promise<CheckedKit> =>
      transfer(vault, 'checkRecoveryKit', { text, backupFolders }, { keyring: [] });

    it('opens the newest backup with the kit alone', async () => {
      const kit = formatRecoveryKit(file, vault.keyring());
      assert.deepEqual(await check(kit), { result: 'works', file: null, reason: null });
      await transfer(vault, 'backUp', { folder: backups });
      vault.clock.advance(60_000);
      const { file: newest } = await transfer(vault, 'backUp', { folder: backups });
      const opened = path.join(backups, newest);
      for (const each of kits(vault.keyring(), english)) {
        assert.deepEqual(await check(each, [backups, '/not-there']), {
          result: 'works',
          file: opened,
          reason: null,
        });
      }
      const bytes = await readFile(opened);
      bytes[bytes.length - 20_000] = (bytes[bytes.length - 20_000] ?? 0) ^ 1;
      await writeFile(opened, bytes);
      assert.deepEqual(await check(kit), {
        result: 'opensNoBackup',
        file: opened,
        reason: 'damaged',
      });
    });

    it('takes no backup for the newest that is dated after the clock', async () => {
      const kit = formatRecoveryKit(file, vault.keyring());
      vault.clock.setWall(Date.UTC(2040, 0, 1));
      const { file: ahead } = await transfer(vault, 'backUp', { folder: backups });
      vault.clock.setWall(nowMs);
      assert.equal((await check(kit)).file, path.join(backups, ahead), 'there is no other');
      const { file: newest } = await transfer(vault, 'backUp', { folder: backups });
      assert.equal((await check(kit)).file, path.join(backups, newest));
    });

    it('tells a kit of another vault, one from before a rotation, and none', async () => {
      const other = generateIdentity();
      const strange = { ...file, vault: testId(7) };
      const before = formatRecoveryKit(file, [other]);
      assert.equal((await check(formatRecoveryKit(strange, [other]))).result, 'otherVault');
      assert.equal((await check(before)).result, 'beforeRotation');
      const good = formatRecoveryKit(file, vault.keyring());
      const key = /AGE-SECRET-KEY-1.*/.exec(good)?.[0] ?? '';
      const wrong = `${key.slice(0, 30)}${key[30] === 'Q' ? 'P' : 'Q'}${key.slice(31)}`;
      for (const text of ['', 'hello', good.replace(key, wrong), '<!doctype html>']) {
        assert.equal((await check(text)).result, 'unreadable', text);
      }
      const lines = good.split('\n');
      assert.equal((await check(good.replace(key, wrong))).line, lines.indexOf(key) + 1);
      const id = lines.findIndex((line) => line.startsWith('# vault:'));
      const cut = await check(lines.with(id, '# vault: 0123abcd').join('\n'));
      assert.deepEqual([cut.result, cut.line], ['unreadable', id + 1]);
    });
  });
});
