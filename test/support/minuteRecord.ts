import type { MinuteRecord } from '../../src/vault/record.ts';

/** The minute numbered `index` of a made-up session. */
export function minuteRecord(index: number, session = 'ab'.repeat(16)): MinuteRecord {
  return {
    type: 'minute',
    session,
    zoneOffsetMinutes: 60,
    origin: 'recorded',
    sample: {
      minute: 29_000_000 + index,
      state: 'steady',
      score: index % 101,
      confidence: 0.8,
      seconds: 60,
      insertedChars: index % 300,
      deletes: index % 11,
      blockChars: 0,
      undos: 0,
      navigations: index % 7,
      blurs: 0,
      raw: undefined,
    },
  };
}
