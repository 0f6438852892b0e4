import type { StoredKind, StoredOverview, StoredRecord } from '../../src/readings/storedReading.ts';
import type { StoredView } from '../../src/webview/stored/storedBook.ts';
import { clock, zoneOffsetMinutes } from './snapshots.ts';

/** What a vault may hold, drawn from one ordinary year. */

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

type Fields = Readonly<Record<string, StoredRecord['fields'][number]['value']>>;

/** A record of these fields. */
function stored(number: number, atMs: number, fields: Fields): StoredRecord {
  return {
    id: number.toString(16).padStart(32, '0'),
    atMs,
    fields: Object.entries(fields).map(([name, value]) => ({ name, value })),
  };
}

/** A session, `daysAgo` before the ordinary day. */
export function storedSession(number: number, daysAgo = 0): StoredRecord {
  const startMs = clock('8:42') - daysAgo * dayMs;
  return stored(number, startMs, {
    startMs,
    endMs: startMs + (31 + (number % 5) * 17) * minuteMs,
    zoneOffsetMinutes,
    origin: 'recorded',
    minutes: 31 + (number % 5) * 17,
  });
}

export const storedAnswer = stored(900, clock('11:40'), {
  zoneOffsetMinutes,
  rating: 6,
  activity: 'writing',
  interrupted: false,
  origin: 'recorded',
});

export const storedTemplate = stored(901, clock('8:44'), {
  name: 'baseline',
  version: 14,
  createdMs: clock('8:44'),
  bytes: 1432,
});

export const storedAudit = stored(902, clock('9:01'), { zoneOffsetMinutes, event: 'rotate' });
export const storedTombstone = stored(903, clock('10:02'), { deletedMs: clock('10:02') });
export const storedFocus = stored(904, clock('11:00'), {
  kind: 'focus',
  startMs: clock('11:00'),
  endMs: clock('11:41'),
  zoneOffsetMinutes,
  plannedMs: 50 * minuteMs,
  endedBy: 'early',
  reason: 'done',
});

/** Nothing in here may break the page: long names, markup, numbers beyond any calendar. */
export const oddRecord = stored(905, 8.64e15, {
  'a-name-without-any-place-to-break-that-goes-on-and-on-and-on-for-ever-and-a-day': 'x'.repeat(
    5000,
  ),
  '<img src=x onerror=alert(1)>': '"><script>alert(1)</script>',
  constructor: '__proto__',
  startMs: -8.64e15,
  zoneOffsetMinutes: 1e9,
  endMs: 8.64e15,
  nothing: null,
  empty: '',
  small: 0.000_12,
});

const kind = (
  name: StoredKind,
  records: number,
  bytes: number,
  daysAgo = 300,
): StoredOverview['kinds'][number] => ({
  kind: name,
  records,
  bytes,
  firstMs: records === 0 ? null : clock('8:42') - daysAgo * dayMs,
  lastMs: records === 0 ? null : clock('15:30'),
});

export const ordinaryStock: StoredOverview = {
  bytesOnDisk: 2_110_000,
  kinds: [
    kind('session', 1102, 1_902_000),
    kind('focusSession', 0, 0),
    kind('feedback', 38, 2400),
    kind('template', 2, 1630, 0),
    kind('audit', 3, 120),
    kind('tombstone', 4, 96),
  ],
};

export const sessionShelf: NonNullable<StoredView['shelves']['session']> = {
  records: Array.from({ length: 8 }, (_, index) => storedSession(index, index)),
  hasMore: true,
  state: 'read',
};

export const ordinaryStored: StoredView = {
  overview: ordinaryStock,
  shelves: { session: sessionShelf },
};
