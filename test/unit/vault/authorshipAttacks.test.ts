import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { appendFile, cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { systemClock } from '../../../src/base/clock.ts';
import { AgeReader, memorySource, sealAge } from '../../../src/vault/age/ageStream.ts';
import { openSealedKey } from '../../../src/vault/age/sealedKey.ts';
import { fastestCipher } from '../../../src/vault/age/chunkCipher.ts';
import { generateIdentity, type Identity } from '../../../src/vault/age/identity.ts';
import { authorKeyOf, generateSigningKey, signBytes } from '../../../src/vault/age/signing.ts';
import {
  demandAuthor,
  isOfAuthor,
  signVaultFile,
} from '../../../src/vault/keys/vaultAuthorship.ts';
import { VaultPins } from '../../../src/vault/trust/vaultPins.ts';
import { VaultTrust } from '../../../src/vault/trust/vaultTrust.ts';
import {
  formatVaultFile,
  parseVaultFile,
  signedBytesOf,
  type VaultFile,
} from '../../../src/vault/protectors/vaultFile.ts';
import { encodeRecord } from '../../../src/vault/segments/recordCodec.ts';
import {
  firstPreviousTag,
  sealFrame,
  segmentCipher,
} from '../../../src/vault/segments/segmentFormat.ts';
import { formatHeader, parseHeader } from '../../../src/vault/segments/segmentHeader.ts';
import { loadSqlite } from '../../../src/vault/sqlite/database.ts';
import { readSegment } from '../../../src/vault/segments/segmentReader.ts';
import type { Vault } from '../../../src/vault/vault.ts';
import type { VaultOptions } from '../../../src/vault/vaultOptions.ts';
import { VaultError, type VaultDoubt } from '../../../src/vault/vaultError.ts';
import {
  currentEntry,
  unsignedVaultFile,
  withCurrent,
  withStranger,
} from '../../support/forgedVaultFiles.ts';
import { wasmPath } from '../../support/keeperBundle.ts';
import { MemoryLog } from '../../support/memoryLog.ts';
import { minuteRecord } from '../../support/minuteRecord.ts';
import { newLedger, trusting } from '../../support/trusting.ts';
import { formatUnsignedHeader } from '../../support/unsignedHeader.ts';
import { SmallDisk } from '../../support/smallDisk.ts';
import { memoryProtector, openKeyring } from '../../support/vaultTools.ts';
import { waitFor } from '../../support/waitFor.ts';
import { VaultWindows } from '../../support/vaultWindows.ts';

const isDoubted = (doubt: VaultDoubt) => (error: unknown) =>
  VaultError.is(error, 'untrusted') && error.doubt === doubt;

describe('attacks on who owns a vault', function () {
  this.timeout(120_000);
  let device: ReturnType<typeof memoryProtector>;
  let windows: VaultWindows;
  let root: string;
  let folder: string;
  let keys: string;

  beforeEach(async () => {
    device = memoryProtector();
    windows = await VaultWindows.make(device);
    ({ root, folder, keys } = windows);
  });
  afterEach(() => windows.release());

  const open = (options: Partial<VaultOptions> = {}): Promise<Vault> => windows.open(options);
  const closeAll = (): Promise<void> => windows.closeAll();
  const vaultJson = (): string => windows.vaultJson;
  const read = (): Promise<VaultFile> => windows.read();
  const put = (file: VaultFile): Promise<void> => writeFile(vaultJson(), formatVaultFile(file));
  const minutes = (): Promise<number[]> => windows.minutes();
  async function ownerOf(vault: Vault): Promise<Identity> {
    const [owner] = await vault.access.keyring();
    assert.ok(owner);
    return owner;
  }
  const pinFiles = async (): Promise<string[]> =>
    (await readdir(keys))
      .filter((name) => name.endsWith('.pin'))
      .map((name) => path.join(keys, name));

  describe('vault.json', () => {
    it('with the right recipient and somebody else’s author is found out as it is opened, and never written over', async () => {
      const vault = await open();
      await vault.append([minuteRecord(0)]);
      await closeAll();
      // On a computer that remembers nothing of it.
      await rm(keys, { recursive: true, force: true });
      const whole = await read();
      const author = generateSigningKey();
      const stolen = withAuthor(whole, author.publicKey);
      await put(signedBy(stolen, author));
      const before = await readFile(vaultJson());
      const fresh = await open();
      await assert.rejects(fresh.access.keyring(), isDoubted('replaced'));
      assert.equal(fresh.condition, 'untrusted');
      await assert.rejects(fresh.secrets.setPassphrase('Zwölf Mühlräder'), isDoubted('replaced'));
      await assert.rejects(fresh.trustFile(), isDoubted('replaced'));
      assert.equal(fresh.condition, 'untrusted', 'nor is it believed afterwards');
      assert.deepEqual(await readFile(vaultJson()), before);
      const waiting = fresh.append([minuteRecord(1)]);
      await put(whole);
      await waiting;
      await fresh.access.unlock();
      assert.equal(fresh.condition, 'ready');
    });

    it('that names the right identity twice, once with its author and once with somebody else’s, is nobody’s', async () => {
      const vault = await open();
      await vault.append([minuteRecord(0)]);
      const owner = await ownerOf(vault);
      await closeAll();
      const whole = await read();
      const stranger = generateSigningKey();
      const [entry] = whole.identities;
      assert.ok(entry && entry.state !== 'destroyed');
      const theirs = { ...entry, author: stranger.publicKey };
      const ours = { ...entry, state: 'retired' } as const;
      const { recipient, createdMs, sinceMs, author } = entry;
      const gone = { recipient, createdMs, sinceMs, author, state: 'destroyed' } as const;
      for (const identities of [
        [ours, theirs],
        [theirs, ours],
        [gone as VaultFile['identities'][number], theirs],
        [theirs, gone as VaultFile['identities'][number]],
      ]) {
        const forged = signedBy({ ...whole, identities, generation: 9 }, stranger);
        assert.throws(
          () => parseVaultFile(formatVaultFile(forged)),
          (error) => VaultError.is(error, 'damaged'),
        );
        // Nor does who has the identity take it for theirs, should it ever be asked of such a file.
        assert.throws(() => {
          demandAuthor(forged, [owner]);
        }, isDoubted('replaced'));
        // On a computer that remembers nothing of it.
        await rm(keys, { recursive: true, force: true });
        await put(forged);
        const before = await readFile(vaultJson());
        const fresh = await open();
        await assert.rejects(fresh.access.keyring(), (error) => VaultError.is(error, 'damaged'));
        await closeAll();
        assert.deepEqual(await readFile(vaultJson()), before);
      }
    });

    it('of a vault that was known before anything was signed gives nobody else the right to it', async () => {
      const vault = await open();
      await vault.append([minuteRecord(0)]);
      const owner = await ownerOf(vault);
      await closeAll();
      const signed = await read();
      const unsigned = unsignedVaultFile(signed);
      const stranger = generateIdentity();
      const pretended = generateSigningKey();
      // Whoever was the current one, with an author of the stranger’s, who vouches for the stranger.
      const vouched = signVaultFile(
        {
          ...withAuthor(withStranger(signed, stranger), pretended.publicKey, owner.recipient),
          generation: 9,
        },
        [stranger],
      );
      const chained = signedBy(
        {
          ...vouched,
          identities: vouched.identities.map((entry) =>
            entry.recipient === stranger.recipient
              ? { ...entry, vouched: vouchOf(vouched.vault, owner.recipient, pretended, entry) }
              : entry,
          ),
        },
        authorKeyOf(stranger),
      );
      const pins = new VaultPins(path.join(root, 'other keys'));
      await pins.note(folder, unsigned);
      assert.equal(await pins.find(folder, chained), 'replaced');
      assert.equal(await pins.find(path.join(root, 'moved'), chained), 'replaced');
      // It is taken over by its owner, which only who opens it can tell from one that has another author.
      assert.equal(await pins.find(folder, signed), 'new');
      assert.equal(await pins.find(path.join(root, 'moved'), signed), 'new');
      const trust = new VaultTrust(folder, path.join(root, 'other keys'));
      await trust.check(signed);
      await trust.accept(signed);
      assert.equal(await pins.find(folder, signed), 'known');
      assert.equal(await pins.find(folder, unsigned), 'replaced', 'nor does it go back');
    });

    it('is not gone back on while there is no room to remember it', async function () {
      const disk = await SmallDisk.make(64 << 10);
      if (disk === undefined) {
        this.skip();
      }
      try {
        const pinsFolder = path.join(disk.folder, 'keys');
        const vault = await open({ keysFolder: pinsFolder });
        await vault.append([minuteRecord(0)]);
        await vault.access.unlock();
        disk.setReadOnly(true);
        // Another computer changes the vault.
        const elsewhere = await open({ keysFolder: path.join(root, 'elsewhere') });
        await elsewhere.secrets.setPassphrase('Zwölf Mühlräder');
        const before = await read();
        await elsewhere.secrets.setPassphrase('Dreizehn Mühlräder');
        const now = await read();
        vault.access.lock();
        await vault.append([minuteRecord(1)]);
        assert.deepEqual(await minutes(), [0, 1], 'it goes on');
        await put(before);
        vault.access.lock();
        const waiting = vault.append([minuteRecord(2)]);
        await waitFor('doubt', () => vault.condition === 'untrusted');
        await put(now);
        await waiting;
        disk.setReadOnly(false);
        await vault.access.unlock();
        assert.equal(vault.condition, 'ready');
        const trust = new VaultTrust(folder, pinsFolder);
        await assert.rejects(
          trust.check(before),
          isDoubted('rolledBack'),
          'it is written down now',
        );
      } finally {
        await closeAll();
        await disk.remove();
      }
    });

    it('that does not open what waits keeps only so much of it', async () => {
      const vault = await open();
      await vault.append([minuteRecord(0)]);
      await closeAll();
      const whole = await readFile(vaultJson());
      await put(withStranger(await read()));
      const fresh = await open({ waitingBytes: 4096 });
      const lost: number[] = [];
      const waiting = Array.from({ length: 200 }, (_, index) =>
        fresh.append([minuteRecord(index + 1)]).catch((error: unknown) => {
          assert.ok(VaultError.is(error, 'unwritable'));
          lost.push(index + 1);
        }),
      );
      await waitFor('doubt', () => fresh.condition === 'untrusted' && lost.length > 0);
      const kept = fresh.unsavedMinutes;
      assert.ok(kept > 20 && kept < 200, `${kept}`);
      assert.deepEqual(
        (await readdir(path.join(folder, 'segments'))).length,
        1,
        'nothing is sealed',
      );
      await writeFile(vaultJson(), whole);
      await Promise.all(waiting);
      // The newest are those that are kept.
      assert.deepEqual(
        lost,
        Array.from({ length: 200 - kept }, (_, index) => index + 1),
      );
      assert.equal((await minutes()).length, kept + 1);
    });

    it('of a new vault is known in the place of one that was there, as it was made here', async () => {
      const vault = await open();
      await vault.append([minuteRecord(0)]);
      await closeAll();
      await rm(folder, { recursive: true });
      const next = await open();
      assert.equal(next.condition, 'ready');
      await next.append([minuteRecord(1)]);
      assert.deepEqual(await minutes(), [1]);
    });

    it('that another takes the place of as this device is let in is not signed for it', async () => {
      const vault = await open();
      await vault.append([minuteRecord(0)]);
      await vault.access.unlock();
      const before = await read();
      await vault.secrets.setPassphrase('Zwölf Mühlräder');
      const now = await read();
      await closeAll();
      // This device lost its key. What it reads is right; what lies there when it has the lock is an earlier file.
      await rm(path.join(keys, `${now.vault}.device`));
      let isSwapped = false;
      const protector = {
        ...device,
        load: async (vaultId: string) => {
          if (isSwapped) {
            await put(before);
          }
          return device.load(vaultId);
        },
      };
      const fresh = await open({ protectors: [protector] });
      isSwapped = true;
      await fresh.access.unlock().catch(() => undefined);
      isSwapped = false;
      assert.deepEqual(await read(), before);
      await assert.rejects(fresh.access.keyring(), isDoubted('rolledBack'));
    });
  });

  describe('a chain of who vouched for whom', () => {
    const generations = 6;
    let people: Identity[];
    let file: VaultFile;

    /** Newest first, each vouched for by the one before. */
    beforeEach(() => {
      people = Array.from({ length: generations }, () => generateIdentity());
      let now = firstOf(people[generations - 1]);
      for (let index = generations - 2; index >= 0; index--) {
        now = next(now, people[index], people.slice(index));
      }
      file = now;
    });

    const knownOf = (person: Identity | undefined): Parameters<typeof isOfAuthor>[1] => {
      assert.ok(person);
      return { recipient: person.recipient, author: authorKeyOf(person).publicKey };
    };

    it('leads to each of them, and to nobody else', () => {
      for (const person of people) {
        assert.ok(isOfAuthor(file, knownOf(person)));
        const { recipient } = person;
        assert.ok(!isOfAuthor(file, { recipient, author: generateSigningKey().publicKey }));
      }
      assert.ok(!isOfAuthor(file, knownOf(generateIdentity())));
    });

    it('does not hang on the order in which they stand', () => {
      const turned = { ...file, identities: [...file.identities].reverse() };
      for (const person of people) {
        assert.ok(isOfAuthor(turned, knownOf(person)));
      }
    });

    it('ends where one link is taken out, forged, taken from elsewhere or from another vault', () => {
      const broken = 2;
      const link = file.identities[broken];
      const other = file.identities[broken + 1];
      const before = people[broken + 1];
      assert.ok(link?.vouched && other?.vouched && before);
      const stranger = generateSigningKey();
      const links = [
        undefined,
        other.vouched,
        { ...link.vouched, by: other.vouched.by },
        { ...link.vouched, by: link.recipient },
        { ...link.vouched, signature: other.vouched.signature },
        vouchOf(file.vault, link.vouched.by, stranger, link),
        vouchOf('0'.repeat(32), link.vouched.by, authorKeyOf(before), link),
      ];
      for (const vouched of links) {
        const changed = { ...link };
        delete changed.vouched;
        if (vouched !== undefined) {
          changed.vouched = vouched;
        }
        const forged = {
          ...file,
          identities: file.identities.map((entry, index) => (index === broken ? changed : entry)),
        };
        people.forEach((person, index) => {
          assert.equal(isOfAuthor(forged, knownOf(person)), index <= broken, `${index}`);
        });
      }
    });

    it('ends where it goes in a circle', () => {
      const [newest, ...rest] = people;
      const oldest = people[generations - 1];
      assert.ok(newest && oldest);
      const circle = {
        ...file,
        identities: file.identities.map((entry) =>
          entry.recipient === oldest.recipient
            ? {
                ...entry,
                vouched: vouchOf(file.vault, newest.recipient, authorKeyOf(newest), entry),
              }
            : entry,
        ),
      };
      assert.ok(rest.every((person) => isOfAuthor(circle, knownOf(person))));
      assert.ok(!isOfAuthor(circle, knownOf(generateIdentity())));
    });

    it('keeps nobody busy however long it is, and asks the person then', () => {
      const length = 20_000;
      const key = authorKeyOf(generateIdentity());
      const signed = signBytes(key, 'identity 1', new Uint8Array(0));
      const names = Array.from({ length: 40 }, () => generateIdentity().recipient);
      const long = {
        ...file,
        identities: [
          ...file.identities,
          ...Array.from({ length }, (_, index) => ({
            ...currentEntry(names[index % names.length] ?? ''),
            state: 'retired' as const,
            author: key.publicKey,
            vouched: {
              by: names[(index + 1) % names.length] ?? '',
              signature: Buffer.from(signed).toString('base64'),
            },
          })),
        ],
      };
      // A circle of links that hold, which a file of a stranger's may have.
      const [one, other] = [generateIdentity(), generateIdentity()];
      const entryOf = (person: Identity, by: Identity): VaultFile['identities'][number] => {
        const entry = { ...currentEntry(person.recipient), author: authorKeyOf(person).publicKey };
        return { ...entry, vouched: vouchOf(file.vault, by.recipient, authorKeyOf(by), entry) };
      };
      const round = {
        ...long,
        recipient: one.recipient,
        identities: [
          entryOf(one, other),
          { ...entryOf(other, one), state: 'retired' as const, wrapped: [] },
          ...long.identities.map((entry) => ({ ...entry, state: 'retired' as const, wrapped: [] })),
        ],
      };
      const started = performance.now();
      assert.ok(!isOfAuthor(round, knownOf(people[0])));
      const tookMs = performance.now() - started;
      assert.ok(tookMs < 5_000, `${tookMs}`);
    });
  });

  describe('the pin of a vault', () => {
    const spoilings: Readonly<Record<string, (pin: string) => Promise<unknown>>> = {
      'is deleted': (pin) => rm(pin),
      'is empty': (pin) => writeFile(pin, ''),
      'is cut short': async (pin) => writeFile(pin, (await readFile(pin)).subarray(0, 60)),
      'is noise': (pin) => writeFile(pin, Buffer.alloc(300, 0xa5)),
      'is other JSON': (pin) => writeFile(pin, '{"format":"millrace-pin","version":2}'),
      'is far too long': (pin) => writeFile(pin, Buffer.alloc(1 << 20, 0x20)),
    };
    for (const [what, spoil] of Object.entries(spoilings)) {
      it(`that ${what} remembers nothing: the vault is believed anew as it is opened, and pinned`, async () => {
        const vault = await open();
        await vault.append([minuteRecord(0)]);
        await vault.access.unlock();
        await closeAll();
        const [pin] = await pinFiles();
        assert.ok(pin !== undefined);
        await spoil(pin);
        const fresh = await open();
        assert.equal(fresh.condition, 'ready');
        await fresh.append([minuteRecord(1)]);
        await fresh.access.unlock();
        await closeAll();
        const whole = await readFile(vaultJson());
        await put(withStranger(await read()));
        assert.equal((await open()).condition, 'untrusted');
        await writeFile(vaultJson(), whole);
        assert.deepEqual(await minutes(), [0, 1]);
      });
    }

    it('of another vault in its place is no excuse: the person is asked', async () => {
      const vault = await open();
      await vault.append([minuteRecord(0)]);
      await vault.access.unlock();
      await closeAll();
      const [pin] = await pinFiles();
      assert.ok(pin !== undefined);
      const text = await readFile(pin, 'utf8');
      await writeFile(pin, text.replace(/"vault":"[0-9a-f]{32}"/, `"vault":"${'ab'.repeat(16)}"`));
      const fresh = await open();
      assert.equal(fresh.condition, 'untrusted');
      await fresh.trustFile();
      assert.equal(fresh.condition, 'ready');
    });

    it('that cannot be written, as its folder is read only, keeps nobody from opening and recording', async function () {
      const disk = await SmallDisk.make(64 << 10);
      if (disk === undefined) {
        this.skip();
      }
      try {
        const keysFolder = path.join(disk.folder, 'keys');
        const vault = await open({ keysFolder });
        await vault.append([minuteRecord(0)]);
        await vault.access.unlock();
        await closeAll();
        for (const pin of await readdir(keysFolder)) {
          if (pin.endsWith('.pin')) {
            await rm(path.join(keysFolder, pin));
          }
        }
        disk.setReadOnly(true);
        const fresh = await open({ keysFolder });
        await fresh.append([minuteRecord(1)]);
        await fresh.access.unlock();
        assert.equal(fresh.condition, 'ready');
        assert.deepEqual(await minutes(), [0, 1]);
      } finally {
        await closeAll();
        await disk.remove();
      }
    });

    it('that cannot be written, as the disk is full, is written once there is room', async function () {
      const disk = await SmallDisk.make(64 << 10);
      if (disk === undefined) {
        this.skip();
      }
      try {
        const keysFolder = path.join(disk.folder, 'keys');
        const vault = await open({ keysFolder });
        await vault.append([minuteRecord(0)]);
        await vault.access.unlock();
        const ballast = path.join(disk.folder, 'ballast');
        await fill(ballast);
        await vault.secrets.setPassphrase('Zwölf Mühlräder');
        await vault.append([minuteRecord(1)]);
        assert.equal(vault.condition, 'ready');
        await rm(ballast);
        await vault.access.unlock();
        const finding = await new VaultPins(keysFolder).find(folder, await read());
        assert.equal(finding, 'known');
      } finally {
        await closeAll();
        await disk.remove();
      }
    });
  });

  describe('the key of a device', () => {
    const deviceFile = async (): Promise<string> =>
      path.join(keys, `${(await read()).vault}.device`);

    const losses: Readonly<Record<string, (file: string) => Promise<unknown>>> = {
      deleted: (file) => rm(file),
      damaged: async (file) => {
        const bytes = await readFile(file);
        bytes[20] = (bytes[20] ?? 0) ^ 1;
        await writeFile(file, bytes);
      },
      'cut short': (file) => writeFile(file, 'MRDEV1'),
      'another one': async (file) => {
        const other = path.join(root, 'other');
        const stranger = await open({
          folder: other,
          keysFolder: path.join(root, 'keys of other'),
        });
        await stranger.close();
        const [key] = (await readdir(path.join(root, 'keys of other'))).filter((name) =>
          name.endsWith('.device'),
        );
        await cp(path.join(root, 'keys of other', key ?? ''), file);
      },
    };
    for (const [what, lose] of Object.entries(losses)) {
      it(`is ${what}: what is written until the vault is opened waits in the folder, and counts from then on`, async () => {
        const vault = await open();
        await vault.append([minuteRecord(0)]);
        await vault.access.unlock();
        await closeAll();
        await lose(await deviceFile());
        const locked = await open({ protectors: [] });
        await locked.append([minuteRecord(1)]);
        await locked.close();
        assert.equal((await read()).devices?.length, 1, 'nobody without keys lets it in');
        const fresh = await open();
        await fresh.access.unlock();
        assert.equal((await read()).devices?.length, 2);
        const { strange, isWhole } = await fresh.keeper.ask('verify', {});
        assert.equal(strange, 0);
        assert.ok(isWhole);
        assert.deepEqual(await minutes(), [0, 1]);
      });
    }

    it('that nobody signed for is told, not merged, and thrown away by nobody', async () => {
      const vault = await open();
      await vault.append([minuteRecord(0)]);
      const { vault: vaultId, recipient } = await read();
      // A segment of somebody who knows the public recipient, and so whom to seal for.
      const forger = await open({
        folder: path.join(root, 'forger'),
        keysFolder: path.join(root, 'forged'),
      });
      await forger.append([minuteRecord(5)]);
      await closeAll();
      const forged = path.join(root, 'forger', 'segments');
      for (const name of await readdir(forged)) {
        if (name.endsWith('.seg')) {
          const bytes = await readFile(path.join(forged, name));
          const parsed = parseHeader(bytes);
          assert.ok(parsed);
          const signed = formatHeader(parsed.header, parsed.sealedKey, {
            vaultId,
            device: generateSigningKey(),
          });
          await writeFile(
            path.join(folder, 'segments', name),
            Buffer.concat([signed.bytes, bytes.subarray(parsed.headerBytes)]),
          );
        }
      }
      const fresh = await open();
      const report = await fresh.keeper.ask('verify', {});
      assert.equal(report.strange, 1);
      await fresh.makeSnapshot();
      await fresh.finishRotation();
      const left = await readdir(path.join(folder, 'segments'));
      assert.equal((await fresh.keeper.ask('verify', {})).strange, 1, `${left.length}`);
      assert.equal((await read()).recipient, recipient);
    });

    it('put into the list of devices without the owner’s signature makes the file somebody else’s', async () => {
      const vault = await open();
      await vault.append([minuteRecord(0)]);
      await closeAll();
      const whole = await read();
      const { publicKey } = generateSigningKey();
      for (const devices of [
        [...(whole.devices ?? []), { key: publicKey, createdMs: 1 }],
        [{ key: publicKey, createdMs: 1 }],
        [],
      ]) {
        await put({ ...whole, devices });
        const fresh = await open();
        assert.equal(fresh.condition, 'untrusted');
        await assert.rejects(fresh.access.keyring(), (error) => VaultError.is(error, 'untrusted'));
      }
    });

    it('is one for all windows that open at once, and is let in once', async () => {
      const vault = await open();
      await vault.append([minuteRecord(0)]);
      await vault.access.unlock();
      await closeAll();
      await rm(await deviceFile());
      const fresh = await Promise.all(Array.from({ length: 6 }, () => open()));
      await Promise.all(
        fresh.map(async (window, index) => {
          await window.append([minuteRecord(index + 1)]);
          await window.access.unlock();
        }),
      );
      const { devices, generation } = await read();
      assert.equal(devices?.length, 2);
      assert.equal(generation, 2);
      assert.deepEqual(await minutes(), [0, 1, 2, 3, 4, 5, 6]);
      const [first] = fresh;
      assert.ok(first);
      assert.equal((await first.keeper.ask('verify', {})).strange, 0);
    });
  });

  describe('a file that nobody of the vault signed', () => {
    /** A snapshot as its database, of a vault with one minute, and how it is sealed. */
    async function prepare(): Promise<{ vault: Vault; plain: Uint8Array; owner: Identity }> {
      const vault = await open();
      await vault.append([minuteRecord(0)]);
      await vault.makeSnapshot();
      // Behind the line of the log about it, which nobody waits for.
      await vault.append([minuteRecord(0)]);
      const owner = await ownerOf(vault);
      const [name = ''] = await snapshotNames();
      const reader = new AgeReader(
        memorySource(await readFile(path.join(folder, 'snapshots', name))),
        [owner],
      );
      const plain = reader.readAll();
      reader.dispose();
      return { vault, plain, owner };
    }
    const snapshotNames = (): Promise<string[]> => readdir(path.join(folder, 'snapshots'));
    const putSnapshot = (content: Uint8Array): Promise<void> =>
      writeFile(path.join(folder, 'snapshots', '20991231-235959-00112233445566ff.age'), content);
    const recordsNow = async (): Promise<number> => {
      const ledger = newLedger({
        folder,
        keyring: await openKeyring(folder, [device]),
        sqlite: await loadSqlite(wasmPath),
        log: new MemoryLog(),
      });
      try {
        await ledger.refresh();
        return ledger.countRecords();
      } finally {
        ledger.dispose();
      }
    };
    /** It is told, nothing of it is taken in, and it is still there when all has been compacted. */
    async function demandStrange(vault: Vault, before: number): Promise<void> {
      const { strange, isWhole } = await vault.keeper.ask('verify', {});
      assert.deepEqual({ strange, isWhole }, { strange: 1, isWhole: false });
      assert.equal(await recordsNow(), before);
      await vault.finishRotation();
      assert.equal((await vault.keeper.ask('verify', {})).strange, 1);
      assert.equal(await recordsNow(), before);
    }

    it('but was sealed with age for the recipient, which is public', async () => {
      const { vault, plain, owner } = await prepare();
      const before = await recordsNow();
      const file = path.join(root, 'forged.db');
      await writeFile(file, plain);
      const target = path.join(folder, 'snapshots', '20991231-235959-00112233445566ff.age');
      const sealed = spawnSync('age', ['-r', owner.recipient, '-o', target, file]);
      assert.equal(sealed.status, 0, sealed.stderr.toString());
      await demandStrange(vault, before);
    });

    const others: Readonly<Record<string, (plain: Uint8Array, owner: Identity) => Uint8Array>> = {
      'as it has no author': (plain, { recipient }) => sealAge(recipient, plain),
      'as its author is a stranger': (plain, { recipient }) =>
        sealAge(recipient, plain, { what: 'snapshot', key: generateSigningKey() }),
      'as a snapshot: it is a backup': (plain, owner) =>
        sealAge(owner.recipient, plain, { what: 'backup', key: authorKeyOf(owner) }),
    };
    for (const [what, seal] of Object.entries(others)) {
      it(`${what}, is told and not read`, async () => {
        const { vault, plain, owner } = await prepare();
        const before = await recordsNow();
        await putSnapshot(seal(plain, owner));
        await demandStrange(vault, before);
      });
    }

    it('but who has the identity from before a rotation', async () => {
      const { vault, plain, owner } = await prepare();
      await vault.secrets.rotate();
      await vault.append([minuteRecord(0)]);
      const now = await ownerOf(vault);
      const before = await recordsNow();
      for (const { recipient } of [now, owner]) {
        await putSnapshot(sealAge(recipient, plain, { what: 'snapshot', key: authorKeyOf(owner) }));
        const { strange } = await vault.keeper.ask('verify', {});
        assert.equal(strange, 1);
        assert.equal(await recordsNow(), before);
      }
    });

    it('but a device that a rotation cut off: what it writes counts once it is let in again', async () => {
      const { vault } = await prepare();
      const other = await open({ keysFolder: path.join(root, 'other keys') });
      await other.append([minuteRecord(1)]);
      await other.access.unlock();
      assert.equal((await read()).devices?.length, 2);
      await vault.secrets.rotate();
      assert.equal((await read()).devices?.length, 1);
      // It is locked, or in other hands: it goes on writing, for the new recipient, which is public.
      other.access.lock();
      await other.append([minuteRecord(2)]);
      const found = await vault.keeper.ask('verify', {});
      assert.equal(found.strange, 1);
      await vault.finishRotation();
      assert.equal((await vault.keeper.ask('verify', {})).strange, 1, 'nothing of it is lost');
      await other.access.unlock();
      assert.equal((await vault.keeper.ask('verify', {})).strange, 0);
      assert.deepEqual([...new Set(await minutes())], [0, 1, 2]);
    });

    it('as a segment of version 1 in a vault of version 2', async () => {
      const { vault, owner } = await prepare();
      const before = await recordsNow();
      const key = Uint8Array.from({ length: 32 }, (_, index) => index);
      const header = { writerId: 'fe'.repeat(16), number: 0, createdMs: 1 };
      const { bytes, hash } = formatUnsignedHeader(header, sealAge(owner.recipient, key));
      const cipher = segmentCipher(key, hash, fastestCipher);
      const frame = sealFrame(cipher, 0, firstPreviousTag, encodeRecord(minuteRecord(9)));
      const file = path.join(folder, 'segments', `${header.writerId}-0.seg`);
      await writeFile(file, Buffer.concat([bytes, frame]));
      await demandStrange(vault, before);
    });
  });

  describe('what can’t be noticed', () => {
    it('is a folder that was put back to a time since which its keys did not change; after a change of them it is', async () => {
      const vault = await open();
      await vault.append([minuteRecord(0)]);
      await vault.access.unlock();
      await vault.close();
      const copy = path.join(root, 'copy');
      await cp(folder, copy, { recursive: true });
      const later = await open();
      await later.append([minuteRecord(1)]);
      await closeAll();
      await rm(folder, { recursive: true });
      await cp(copy, folder, { recursive: true });
      const unnoticed = await open();
      assert.equal(unnoticed.condition, 'ready');
      assert.deepEqual(await minutes(), [0], 'the threat model says so');
      await unnoticed.secrets.setPassphrase('Zwölf Mühlräder');
      await closeAll();
      await rm(folder, { recursive: true });
      await cp(copy, folder, { recursive: true });
      assert.equal((await open()).condition, 'untrusted');
    });

    it('is an old identity’s successor, by a computer that has not seen the right one', async () => {
      const asleep = path.join(root, 'asleep');
      const vault = await open({ keysFolder: asleep });
      await vault.append([minuteRecord(0)]);
      const old = await ownerOf(vault);
      await closeAll();
      const before = await read();
      const awake = await open();
      await awake.secrets.rotate();
      const rotated = await read();
      // Who has the old identity gives it a successor of their own.
      const thief = generateIdentity();
      const forged = signVaultFile(
        { ...withStranger(before, thief), generation: rotated.generation + 1 },
        [thief, old],
      );
      const chained = signedBy(
        {
          ...forged,
          identities: forged.identities.map((entry) =>
            entry.recipient === thief.recipient
              ? { ...entry, vouched: vouchOf(forged.vault, old.recipient, authorKeyOf(old), entry) }
              : entry,
          ),
        },
        authorKeyOf(thief),
      );
      const pinsOf = (keysFolder: string): VaultPins => new VaultPins(keysFolder);
      assert.equal(await pinsOf(keys).find(folder, chained), 'replaced', 'who saw the rotation');
      assert.equal(await pinsOf(asleep).find(folder, chained), 'succeeds', 'who did not');
      // It can't be opened there, though, and so is told at the first look.
      await closeAll();
      await put(chained);
      const misled = await open({ keysFolder: asleep });
      await assert.rejects(misled.access.keyring(), VaultError);
    });

    it('is a record in a segment from before a rotation, by who has the identity of then, until that is destroyed', async () => {
      const vault = await open();
      await vault.append([minuteRecord(0)]);
      const old = await ownerOf(vault);
      await vault.secrets.rotate();
      await vault.append([minuteRecord(1)]);
      const { accepted } = await read();
      const names = await readdir(path.join(folder, 'segments'));
      for (const name of names.filter((each) => each.endsWith('.seg'))) {
        const file = path.join(folder, 'segments', name);
        const bytes = await readFile(file);
        const parsed = parseHeader(bytes);
        assert.ok(parsed);
        if (accepted?.segments.includes(Buffer.from(parsed.hash).toString('hex')) === true) {
          const key = openSealedKey(parsed.sealedKey, [old]);
          const { records } = readSegment(bytes, trusting([old]));
          const cipher = segmentCipher(key, parsed.hash, fastestCipher);
          const forged = sealFrame(
            cipher,
            records.length,
            bytes.subarray(-16),
            encodeRecord(minuteRecord(77)),
          );
          await appendFile(file, forged);
        }
      }
      const { strange } = await vault.keeper.ask('verify', {});
      assert.equal(strange, 0, 'the threat model says so');
      // Nor is the rotation over while something lies there that is sealed for it, be it whose it may.
      const late = path.join(folder, 'snapshots', '20991231-235959-00112233445566ff.age');
      await mkdir(path.dirname(late), { recursive: true });
      await writeFile(late, sealAge(old.recipient, Buffer.from('anything')));
      assert.equal(await vault.finishRotation(), false);
    });

    it('is the vault of a time before signatures, on a computer that remembers nothing of it', async () => {
      const vault = await open();
      await vault.append([minuteRecord(0)]);
      await closeAll();
      const signed = await read();
      await put(unsignedVaultFile(signed));
      assert.equal((await open()).condition, 'untrusted', 'the computer that knows it tells');
      await closeAll();
      const stranger = await open({ keysFolder: path.join(root, 'new computer') });
      await stranger.access.unlock();
      assert.equal(stranger.condition, 'ready');
      assert.equal((await read()).version, 2, 'it is taken over there');
    });
  });

  it('is the same whatever the clock says', async () => {
    const now = systemClock.wallMs();
    const year = 365 * 24 * 3_600_000;
    const at = (shiftMs: number): typeof systemClock => ({
      ...systemClock,
      wallMs: () => now + shiftMs,
      monotonicMs: () => systemClock.monotonicMs(),
      every: (ms, run) => systemClock.every(ms, run),
    });
    const vault = await open({ clock: at(10 * year) });
    await vault.append([minuteRecord(0)]);
    await vault.secrets.rotate();
    await closeAll();
    const before = await read();
    for (const [index, shiftMs] of [-10 * year, 0, 50 * year, -40 * year].entries()) {
      const window = await open({ clock: at(shiftMs) });
      await window.append([minuteRecord(index + 1)]);
      await window.secrets.rotate();
      assert.equal(window.condition, 'ready');
      await window.close();
    }
    assert.deepEqual(await minutes(), [0, 1, 2, 3, 4]);
    await put(before);
    assert.equal((await open()).condition, 'untrusted');
  });

  it('goes on in all windows while one of them gives it a new key', async () => {
    const writers = await Promise.all([open(), open(), open()]);
    const [first] = writers;
    assert.ok(first);
    await first.append([minuteRecord(0)]);
    const written: Promise<void>[] = [];
    for (let rotation = 0; rotation < 3; rotation++) {
      for (const [index, writer] of writers.entries()) {
        written.push(writer.append([minuteRecord(1 + rotation * 3 + index)]));
      }
      await first.secrets.rotate();
      for (const writer of writers) {
        writer.access.lock();
        await writer.access.unlock();
      }
    }
    await Promise.all(written);
    await first.finishRotation();
    const report = await first.keeper.ask('verify', {});
    assert.equal(report.strange, 0);
    assert.equal(report.damaged, 0);
    // What a segment for the old key held is written again; whoever reads it counts it once.
    assert.deepEqual([...new Set(await minutes())], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    assert.equal((await read()).devices?.length, 1);
  });
});

function firstOf(person: Identity | undefined): VaultFile {
  assert.ok(person);
  return signVaultFile(
    {
      format: 'millrace-vault',
      version: 2,
      vault: 'c0'.repeat(16),
      generation: 1,
      createdMs: 1,
      recipient: person.recipient,
      protectors: [],
      identities: [currentEntry(person.recipient)],
    },
    [person],
  );
}

function next(file: VaultFile, person: Identity | undefined, keyring: Identity[]): VaultFile {
  assert.ok(person);
  const entries = [currentEntry(person.recipient), ...file.identities];
  const named = { ...file, identities: entries, generation: file.generation + 1 };
  return signVaultFile(withCurrent(named, person), keyring);
}

function withAuthor(file: VaultFile, author: string, recipient = file.recipient): VaultFile {
  return {
    ...file,
    identities: file.identities.map((entry) =>
      entry.recipient === recipient ? { ...entry, author } : entry,
    ),
  };
}

function signedBy(file: VaultFile, key: Parameters<typeof signBytes>[0]): VaultFile {
  const signature = Buffer.from(signBytes(key, 'vault 2', signedBytesOf(file))).toString('base64');
  return { ...file, signature };
}

function vouchOf(
  vault: string,
  by: string,
  key: Parameters<typeof signBytes>[0],
  { recipient, author }: { readonly recipient: string; readonly author?: string },
): { readonly by: string; readonly signature: string } {
  const bytes = new TextEncoder().encode([vault, recipient, author].join('\n'));
  return { by, signature: Buffer.from(signBytes(key, 'identity 1', bytes)).toString('base64') };
}

async function fill(file: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  for (let bytes = 1 << 20; bytes > 0; bytes = Math.floor(bytes / 2)) {
    await writeFile(file, Buffer.alloc(bytes), { flag: 'a' }).catch(() => undefined);
  }
}
