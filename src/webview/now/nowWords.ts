import type { NowReading } from '../../readings/nowReading.ts';
import { formatCount, formatDuration, formatTime } from '../shared/format.ts';
import { text } from '../shared/strings.ts';

const minuteMs = 60_000;

/** What stands below the state's name: how long it has lasted, or what it means. */
export function aboutState(
  now: NowReading,
  {
    atMs,
    zoneOffsetMinutes,
    isFirstRun,
  }: {
    /** When the snapshot was taken. */
    readonly atMs: number;
    readonly zoneOffsetMinutes: number;
    /** Nothing was ever recorded. */
    readonly isFirstRun: boolean;
  },
): string {
  switch (now.state) {
    case 'unknown':
      if (now.evidence.untold === true) {
        return text('now.untold');
      }
      return text(isFirstRun ? 'now.waiting' : 'now.unknown');
    case 'building':
    case 'steady':
      return spellWords(now);
    case 'inFlow':
      return now.inFlowMs < minuteMs
        ? spellWords(now)
        : text('now.spellInFlow', {
            spell: formatDuration(now.spellMs),
            flow: sharesUnit(now)
              ? formatCount(now.inFlowMs / minuteMs)
              : formatDuration(now.inFlowMs),
          });
    case 'assisted':
      return text('now.assisted');
    case 'reading':
      return text('now.reading', {
        duration: formatRunning(atMs - (now.evidence.lastEditMs ?? now.sinceMs)),
      });
    case 'away':
      return text('now.away', { duration: formatRunning(atMs - now.sinceMs) });
    case 'paused':
      return text('now.paused', { time: formatTime(now.sinceMs, zoneOffsetMinutes) });
  }
}

/** What has just begun has taken some time: "<1 min", not "0 min". */
function formatRunning(spanMs: number): string {
  return formatDuration(Math.max(1, spanMs));
}

function spellWords({ spellMs }: NowReading): string {
  return spellMs < minuteMs
    ? text('now.spellBegun')
    : text('now.spell', { duration: formatDuration(spellMs) });
}

/** "46 min in this spell, 24 in flow" leaves out the second unit where both are minutes. */
function sharesUnit(now: NowReading): boolean {
  return now.spellMs < 59.5 * minuteMs;
}
