import { dayAt, type DayNumber } from '../../facts/localDay.ts';
import type { MinuteSample } from '../../facts/minuteSample.ts';
import { isImported, type Origin, type RecordId } from '../record.ts';
import { importedId } from '../kinds/importedId.ts';
import { ToldMinutes } from './toldMinutes.ts';

/**
 * What counts where a time was told more than once: docs/vault-format.md, "What counts of imported time". A function of
 * all that is known of the time, never of the order in which it came, so that it holds however sets are united: by
 * import, sync, merge or restore.
 *
 * - In a minute of which anything was recorded, nothing imported counts.
 * - Of several imported tellings of one minute the one with the most seconds counts: it is one person's time.
 * - A day's sum, of which nobody knows when in the day it was, counts for what the day's minutes leave of it. Of several
 *   sums of one day the largest counts. So a day comes to its sum or to its minutes, whichever is more.
 *
 * Made-up history is apart from all this: it takes no part in what counts of the rest, and is not left out for it.
 */

/** A session and those of its minutes that matter. */
export interface SessionMinutes {
  readonly id: RecordId;
  readonly startMs: number;
  readonly endMs: number;
  /** Local time minus UTC as it began; without it nothing is said of the day's local time. */
  readonly zoneOffsetMinutes?: number;
  readonly origin: Origin;
  readonly samples: readonly MinuteSample[];
}

const minuteMs = 60_000;
const minuteSeconds = 60;
const dayMinutes = 1_440;
/** So often a sum may have been imported, undone and imported again. */
const mostGenerations = 32;

/**
 * The sessions with what of them counts. Costs nothing where nothing is imported: then they are what they were.
 * @param sessions all that is known of their minutes, and of the calendar day of each day's sum among them
 * @returns a day's sum has the origin `importedSum`, whichever version imported it
 */
export function whatCounts<Session extends SessionMinutes>(
  sessions: readonly Session[],
): readonly Session[] {
  if (!sessions.some(({ origin }) => isImported(origin))) {
    return sessions;
  }
  const sums = new Set(sessions.filter(isDaySum));
  const times = sums.size === 0 ? sessions : sessions.filter((session) => !sums.has(session));
  const best = bestImported(times);
  const counted = times.map((session) =>
    session.origin === 'imported'
      ? withSamples(
          session,
          session.samples.filter(({ minute }) => best.get(minute)?.session === session),
        )
      : session,
  );
  if (sums.size === 0) {
    return counted;
  }
  const told = secondsOf(counted);
  const largest = largestOfDays(sums);
  return [...counted, ...[...largest.values()].map((sum) => withWhatIsLeft(sum, told))];
}

/**
 * Whether a session stands in for a day of which only the sum is known. Earlier versions did not mark them, but placed
 * them all alike: as one stretch around noon, in whole minutes but for the last. Time that somebody lived may lie so as
 * well; what is imported since then has ids of another form, though.
 */
export function isDaySum(session: SessionMinutes): boolean {
  return (
    session.origin === 'importedSum' ||
    (session.origin === 'imported' && isAsPlaced(session) && hasEarlierId(session))
  );
}

/** The calendar day of a day's sum, where it was imported for. */
export function dayOfSum({ startMs, zoneOffsetMinutes = 0 }: SessionMinutes): DayNumber {
  return dayAt(startMs, zoneOffsetMinutes, 0);
}

/** Seconds of a session, all minutes together. */
export function secondsOfSession({ samples }: Pick<SessionMinutes, 'samples'>): number {
  return samples.reduce((sum, { seconds }) => sum + seconds, 0);
}

/** The first minute of a calendar day, and the first after it. */
export function minutesOfDay(
  day: DayNumber,
  zoneOffsetMinutes: number,
): readonly [fromMinute: number, toMinute: number] {
  const fromMinute = day * dayMinutes - zoneOffsetMinutes;
  return [fromMinute, fromMinute + dayMinutes];
}

function isAsPlaced({ startMs, endMs, zoneOffsetMinutes = 0, samples }: SessionMinutes): boolean {
  const [fromMinute, toMinute] = minutesOfDay(
    dayAt(startMs, zoneOffsetMinutes, 0),
    zoneOffsetMinutes,
  );
  // A sum need not be whole milliseconds, nor whole seconds.
  const beforeNoonMs = ((fromMinute + toMinute) * minuteMs - (startMs + endMs)) / 2;
  const isPlaced = startMs % minuteMs === 0 && beforeNoonMs >= -1 && beforeNoonMs <= minuteMs;
  const [first] = samples;
  return (
    isPlaced &&
    samples.every(({ minute, seconds, state, score }, index) => {
      const spannedSeconds = Math.min(minuteSeconds, (endMs - minute * minuteMs) / 1_000);
      return (
        minute === (first?.minute ?? 0) + index &&
        Math.abs(seconds - spannedSeconds) <= 1 &&
        state === 'unknown' &&
        score === undefined
      );
    })
  );
}

/** Sums came from WakaTime's dumps alone. */
function hasEarlierId({ id, startMs }: SessionMinutes): boolean {
  for (let generation = 0; generation < mostGenerations; generation++) {
    if (id === importedId('wakatime', String(startMs), generation)) {
      return true;
    }
  }
  return false;
}

interface Telling {
  readonly session: SessionMinutes;
  readonly seconds: number;
}

/**
 * Whether of two tellings of one time the first counts: the one with more seconds. Of equals, one that depends on what they
 * tell rather than on their ids, which differ where another device imported the same.
 */
function isBetter(one: Telling, other: Telling | undefined): boolean {
  if (other === undefined) {
    return true;
  }
  if (one.seconds !== other.seconds) {
    return one.seconds > other.seconds;
  }
  const [first, second] = [one.session, other.session];
  const order =
    (first.zoneOffsetMinutes ?? 0) - (second.zoneOffsetMinutes ?? 0) ||
    first.startMs - second.startMs;
  return order < 0 || (order === 0 && first.id < second.id);
}

/** Of each minute that counts as imported, the telling that does. */
function bestImported(sessions: readonly SessionMinutes[]): ReadonlyMap<number, Telling> {
  const best = new Map<number, Telling>();
  for (const session of sessions) {
    if (session.origin !== 'imported') {
      continue;
    }
    for (const { minute, seconds } of session.samples) {
      const telling = { session, seconds };
      if (seconds > 0 && isBetter(telling, best.get(minute))) {
        best.set(minute, telling);
      }
    }
  }
  for (const { origin, samples } of sessions) {
    if (origin === 'recorded') {
      for (const { minute, seconds } of samples) {
        if (seconds > 0) {
          best.delete(minute);
        }
      }
    }
  }
  return best;
}

/** Seconds of each minute that was recorded, or imported with its time. */
function secondsOf(sessions: readonly SessionMinutes[]): ToldMinutes {
  const told = new ToldMinutes();
  for (const { origin, samples } of sessions) {
    if (origin !== 'demo') {
      for (const { minute, seconds } of samples) {
        told.set(minute, told.at(minute) + seconds);
      }
    }
  }
  return told;
}

/** Of each day the largest of its sums. */
function largestOfDays<Session extends SessionMinutes>(
  sums: Iterable<Session>,
): ReadonlyMap<DayNumber, Session> {
  const largest = new Map<DayNumber, { readonly session: Session; readonly seconds: number }>();
  for (const session of sums) {
    const telling = { session, seconds: secondsOfSession(session) };
    const day = dayOfSum(session);
    if (isBetter(telling, largest.get(day))) {
      largest.set(day, telling);
    }
  }
  return new Map([...largest].map(([day, { session }]) => [day, session]));
}

/** A day's sum less what the day's minutes have: in minutes of its own first, then beside what others have of a minute. */
function withWhatIsLeft<Session extends SessionMinutes>(sum: Session, told: ToldMinutes): Session {
  const [fromMinute, toMinute] = minutesOfDay(dayOfSum(sum), sum.zoneOffsetMinutes ?? 0);
  let left = secondsOfSession(sum) - told.sum(fromMinute, toMinute);
  const given = new Map<number, number>();
  for (const isShared of [false, true]) {
    for (const { minute, seconds } of sum.samples) {
      const taken = told.at(minute);
      const share = Math.min(left, seconds, minuteSeconds - taken);
      if (taken > 0 === isShared && share > 0) {
        given.set(minute, share);
        left -= share;
      }
    }
  }
  const samples = sum.samples.flatMap((sample) => {
    const seconds = given.get(sample.minute);
    return seconds === undefined ? [] : [{ ...sample, seconds }];
  });
  return { ...sum, origin: 'importedSum', samples };
}

function withSamples<Session extends SessionMinutes>(
  session: Session,
  samples: readonly MinuteSample[],
): Session {
  return samples.length === session.samples.length ? session : { ...session, samples };
}
