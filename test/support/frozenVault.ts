import type { VaultRecord } from '../../src/vault/record.ts';
import { minuteRecord } from './minuteRecord.ts';

/** What is in the frozen vaults under test/fixtures. Changing it makes the fixtures wrong: add, never edit. */
export const frozenPassphrase = 'Zwölf Mühlräder';

const session = '00112233445566778899aabbccddeeff';

export const frozenRecords: readonly VaultRecord[] = [
  {
    type: 'session',
    id: session,
    startMs: 29_000_000 * 60_000,
    endMs: 29_000_004 * 60_000,
    zoneOffsetMinutes: -210,
    origin: 'recorded',
  },
  minuteRecord(0, session),
  minuteRecord(1, session),
  {
    ...minuteRecord(2, session),
    sample: {
      ...minuteRecord(2, session).sample,
      state: 'inFlow',
      score: undefined,
      confidence: 1,
      blockChars: 12,
      raw: { rhythm: 0.5, focus: 1, consistency: 127 / 254, error: 0, velocity: 5.5 },
    },
  },
  minuteRecord(3, session),
  { type: 'tombstone', id: 'fedcba98'.repeat(4), deletedMs: 1_790_000_000_123 },
  {
    type: 'template',
    id: '0f'.repeat(16),
    name: 'rhythm-baseline',
    version: 7,
    createdMs: 1_790_000_000_456,
    sha256: Uint8Array.from({ length: 32 }, (_, index) => index),
    deflated: Uint8Array.of(0x4b, 0x4c, 0x04, 0x00),
  },
  {
    type: 'feedback',
    id: '5a'.repeat(16),
    atMs: 1_790_000_000_789,
    zoneOffsetMinutes: 345,
    rating: 6,
    activity: 'reading',
    interrupted: true,
    features: Float32Array.of(-3, -0.5, 0, 1.25, 2),
    origin: 'recorded',
  },
  {
    type: 'session',
    id: 'ffeeddccbbaa99887766554433221100',
    startMs: 1,
    endMs: 2 ** 45,
    zoneOffsetMinutes: 840,
    origin: 'demo',
  },
];

/** With bytes as hex, so that it can be written down and compared. */
export function recordToJson(record: VaultRecord): unknown {
  return JSON.parse(
    JSON.stringify(record, (_key, value: unknown) =>
      value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value,
    ),
  );
}
