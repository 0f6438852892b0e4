import assert from 'node:assert/strict';
import path from 'node:path';
import { generateIdentity } from '../../../src/vault/age/identity.ts';
import { generateSigningKey } from '../../../src/vault/age/signing.ts';
import { SegmentWriter } from '../../../src/vault/segments/segmentWriter.ts';
import { ManualClock } from '../../support/manualClock.ts';
import { MemoryLog } from '../../support/memoryLog.ts';
import { temporaryFolder } from '../../support/vaultTools.ts';

describe('vault/segmentWriter', () => {
  let writer: SegmentWriter;
  let remove: () => Promise<void>;

  beforeEach(async () => {
    const temporary = await temporaryFolder();
    remove = temporary.remove;
    const { recipient } = generateIdentity();
    const device = generateSigningKey();
    writer = new SegmentWriter({
      segmentsFolder: path.join(temporary.folder, 'segments'),
      sealFor: () => Promise.resolve({ vaultId: '0'.repeat(32), recipient, device }),
      clock: new ManualClock(1_700_000_000_000),
      log: new MemoryLog(),
      onChange: () => {},
    });
  });

  afterEach(async () => {
    await writer.close();
    await remove();
  });

  it('writes what comes the very moment another write is acknowledged, without waiting for a third', async function () {
    this.timeout(20_000);
    const append = (byte: number): Promise<void> =>
      writer.append([{ plain: Uint8Array.of(byte), isMinute: true }]);
    await append(1).then(() => append(2));
    assert.equal(writer.unsavedMinutes, 0);
  });
});
