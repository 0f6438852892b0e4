import assert from 'node:assert/strict';
import { TestVault } from '../../support/testVault.ts';
import { contentOf, transfer } from '../../support/transferPlace.ts';
import { auditRecord, minuteRecord, sessionRecord, testId } from '../../support/vaultRecords.ts';

const switchedMs = Date.UTC(2026, 10, 21, 18);
const switchedMinute = switchedMs / 60_000;

describe('what was still recorded into a vault that was left', function () {
  this.timeout(60_000);
  let old: TestVault;
  let present: TestVault;

  beforeEach(async () => {
    old = await TestVault.create(switchedMs);
    present = await TestVault.create(switchedMs);
    const writer = old.writer();
    await writer.append(minuteRecord(1, switchedMinute - 10_000));
    await writer.append(minuteRecord(2, switchedMinute + 3));
    await writer.append(sessionRecord(3, switchedMs - 900_000, switchedMs + 900_000));
    await writer.append(auditRecord(4, { atMs: switchedMs - 3_600_000 }));
    await writer.append(auditRecord(5, { atMs: switchedMs + 1 }));
    await writer.append({
      type: 'tombstone',
      id: testId(77),
      // Just before: it may be the very reason to restore.
      deletedMs: switchedMs - 1,
    });
    await writer.close();
  });

  afterEach(async () => {
    await old.release();
    await present.release();
  });

  const follow = (): ReturnType<typeof transfer<'mergeSince'>> =>
    transfer(
      present,
      'mergeSince',
      { from: old.folder, sinceMs: switchedMs },
      // The old vault may have other keys than the one that was restored.
      { keyring: [...present.keyring(), ...old.keyring()] },
    );

  it('comes into the restored one, and what is older stays out', async () => {
    const { added } = await follow();
    assert.equal(added['sessions'], 2);
    assert.equal(added['audit_log'], 1);
    assert.equal(added['tombstones'] ?? 0, 0);
    const { counts } = await contentOf(present.folder, present.keyring());
    assert.equal(counts['sessions'], 2);
    assert.equal(counts['audit_log'], 1);
  });

  it('comes once', async () => {
    await follow();
    const before = await contentOf(present.folder, present.keyring());
    const { added } = await follow();
    assert.ok(Object.values(added).every((count) => count === 0));
    assert.equal((await contentOf(present.folder, present.keyring())).sha256, before.sha256);
  });
});
