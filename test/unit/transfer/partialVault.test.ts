import * as fc from 'fast-check';
import assert from 'node:assert/strict';
import { cp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ContentDigest } from '../../../src/vault/database/contentDigest.ts';
import type { JobResult } from '../../../src/transfer/transferContract.ts';
import { TransferError } from '../../../src/transfer/transferError.ts';
import { compact } from '../../../src/vault/upkeep/compaction.ts';
import type { VaultRecord } from '../../../src/vault/record.ts';
import { placeholders } from '../../support/syncTools.ts';
import { TestVault } from '../../support/testVault.ts';
import { contentOf, TestFolders, transfer } from '../../support/transferPlace.ts';
import { minuteRecord, sessionRecord, testId } from '../../support/vaultRecords.ts';

const nowMs = Date.UTC(2026, 10, 21, 18, 30, 15);
const dayMs = 24 * 3_600_000;
const present = { kind: 'present' } as const;
type Missing = JobResult<'mergeBackup'>['missing'];

/** Sessions of a month each, of a size that makes a snapshot of more than one sealed chunk. */
function recordsOf(first: number, count: number): VaultRecord[] {
  return Array.from({ length: count }, (_, index) => {
    const startMs = nowMs - (first + index) * dayMs;
    return [
      sessionRecord(first + index, startMs, startMs + 3_600_000),
      ...Array.from({ length: 60 }, (__, minute) =>
        minuteRecord(first + index, Math.floor(startMs / 60_000) + minute),
      ),
    ];
  }).flat();
}

describe('restoring a vault’s folder of which a part can not be read', function () {
  this.timeout(120_000);
  const folders = new TestFolders();
  let vault: TestVault;
  let folder: string;
  let whole: ContentDigest;

  beforeEach(async () => {
    vault = await TestVault.create(nowMs);
    for (const [first, count] of [
      [100, 300],
      [40, 5],
      [1, 5],
    ] as const) {
      const writer = vault.writer();
      await writer.append(...recordsOf(first, count));
      await writer.close();
      if (first === 100) {
        await compact(await vault.ledger(), vault);
      }
    }
    await rm(path.join(vault.folder, 'trash'), { recursive: true, force: true });
    folder = path.join(await folders.make(), 'vault');
    await cp(vault.folder, folder, { recursive: true });
    whole = await contentOf(folder, vault.keyring());
    assert.equal(whole.counts['sessions'], 310);
  });

  afterEach(async () => {
    await vault.release();
    await folders.remove();
  });

  async function files(): Promise<string[]> {
    const all = [];
    for (const inner of ['segments', 'snapshots']) {
      const names = await readdir(path.join(vault.folder, inner));
      all.push(
        ...names
          .filter((name) => /\.(?:seg|age)$/.test(name))
          .map((name) => path.join(inner, name)),
      );
    }
    return all.sort();
  }

  const ways = ['asNew', 'merge'] as const;

  /** Into a vault that is empty. */
  async function bringBack(
    way: (typeof ways)[number],
  ): Promise<{ readonly missing: Missing; readonly content: ContentDigest }> {
    if (way === 'asNew') {
      const restored = await transfer(vault, 'restoreAsNew', {
        from: folder,
        key: present,
        storage: await folders.make(),
        protector: null,
        vault: testId(99),
      });
      const content = await contentOf(restored.folder, vault.keyring());
      return { missing: restored.missing, content };
    }
    const empty = await TestVault.create(nowMs, vault.identity);
    try {
      const { missing } = await transfer(empty, 'mergeBackup', { from: folder, key: present });
      return { missing, content: await contentOf(empty.folder, vault.keyring()) };
    } finally {
      await empty.release();
    }
  }

  it('brings back all of a whole one, and says of nothing that it is missing', async () => {
    for (const way of ways) {
      assert.deepEqual(await bringBack(way), { missing: [], content: whole });
    }
  });

  it('brings back what can be read, and names what can not', async () => {
    const all = await files();
    assert.equal(all.length, 3);
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...all),
        fc.constantFrom('flipped', 'cut', 'emptied', 'elsewhere'),
        fc.double({ min: 0.2, max: 0.9, noNaN: true }),
        fc.constantFrom(...ways),
        fc.constantFrom(...placeholders),
        async (file, what, at, way, placeholder) => {
          const target = path.join(folder, file);
          const bytes = await readFile(target);
          const left = path.join(path.dirname(target), placeholder(path.basename(target)));
          const place = Math.floor(bytes.length * at);
          switch (what) {
            case 'flipped':
              await writeFile(target, bytes.with(place, (bytes[place] ?? 0) ^ 1));
              break;
            case 'cut':
              await writeFile(target, bytes.subarray(0, place));
              break;
            case 'emptied':
              await writeFile(target, new Uint8Array(bytes.length));
              break;
            case 'elsewhere':
              await rename(target, left);
              await writeFile(left, 'bplist00');
          }
          try {
            const { missing, content } = await bringBack(way);
            const others = 310 - (file.startsWith('snapshots') ? 300 : 5);
            const sessions = content.counts['sessions'] ?? 0;
            assert.ok(sessions >= others, `${what}: ${sessions} of at least ${others}`);
            const name =
              what === 'elsewhere' ? path.join(path.dirname(file), path.basename(left)) : file;
            // The end of a segment that was never acknowledged is no damage, and nobody can tell it from this one.
            const isTornEnd = what === 'cut' && file.endsWith('.seg');
            if (content.sha256 !== whole.sha256 && !isTornEnd) {
              assert.deepEqual([...new Set(missing.map((part) => part.file))], [name]);
              assert.ok(missing.every(({ month }) => month === null || /^\d{4}-\d\d$/.test(month)));
            }
          } finally {
            await rm(left, { force: true });
            await writeFile(target, bytes);
          }
        },
      ),
      { numRuns: 20 },
    );
  });

  it('refuses one of which nothing can be read', async () => {
    for (const file of await files()) {
      const target = path.join(folder, file);
      await writeFile(target, new Uint8Array((await readFile(target)).length));
    }
    await assert.rejects(bringBack('merge'), (error) => TransferError.is(error, 'damaged'));
    await assert.rejects(bringBack('asNew'), (error) => TransferError.is(error, 'damaged'));
  });
});
