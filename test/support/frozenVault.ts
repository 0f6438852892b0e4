import type { VaultRecord } from '../../src/vault/record.ts';
import { minuteRecord } from './minuteRecord.ts';

/** What is in the frozen vaults under test/fixtures. Changing it makes the fixtures wrong: add, never edit. */
export const frozenPassphrase = 'Zwölf Mühlräder';

/** Where the frozen vault of version 2 lay, as is remembered beside its keys. */
export const frozenVaultFolder = '/nowhere/millrace/vault';

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
    type: 'focusSession',
    id: 'c3'.repeat(16),
    kind: 'custom',
    startMs: 1_790_000_000_000,
    zoneOffsetMinutes: -210,
    plannedMs: 3_000_000,
    extensions: [{ atMs: 1_790_003_000_000, byMs: 600_000 }],
    pauses: [
      { startMs: 1_790_000_600_000, endMs: 1_790_000_660_000, cause: 'person' },
      { startMs: 1_790_000_900_000, endMs: undefined, cause: 'gap' },
    ],
    shifts: [{ atMs: 1_790_001_000_000, byMs: -3_600_000 }],
    askedMs: 1_790_003_600_000,
    end: { atMs: 1_790_003_660_000, by: 'early', reason: 'switched' },
    counts: {
      '0a1b2c3d': {
        seconds: 2_400,
        focusedSeconds: 1_800,
        inFlowSeconds: 900,
        unknownSeconds: 60,
        interruptions: 2,
        blockedTries: 1,
      },
      fedcba9876543210: {
        seconds: 1,
        focusedSeconds: 0,
        inFlowSeconds: 0,
        unknownSeconds: 1,
        interruptions: 0,
        blockedTries: 0,
      },
    },
    origin: 'recorded',
  },
  {
    type: 'focusSession',
    id: '3c'.repeat(16),
    kind: 'break',
    startMs: 1_790_004_000_000,
    zoneOffsetMinutes: 840,
    plannedMs: 300_000,
    extensions: [],
    pauses: [],
    shifts: [],
    askedMs: undefined,
    end: undefined,
    counts: {},
    origin: 'imported',
  },
  {
    type: 'audit',
    id: 'e7'.repeat(16),
    atMs: 1_790_000_000_999,
    zoneOffsetMinutes: 345,
    action: 'saveRecoveryKit',
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

/** With bytes as hex and the members in one order, so that it can be written down and compared. */
export function recordToJson(record: VaultRecord): unknown {
  return JSON.parse(
    JSON.stringify(record, (_key, value: unknown) =>
      value instanceof Uint8Array
        ? Buffer.from(value).toString('hex')
        : typeof value === 'object' && value !== null && !Array.isArray(value)
          ? Object.fromEntries(
              Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)),
            )
          : value,
    ),
  );
}
