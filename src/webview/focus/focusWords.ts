import type { FocusReading, RunningSession } from '../../readings/focusReading.ts';
import { formatCount, formatTime } from '../shared/format.ts';
import { text } from '../shared/strings.ts';

const minuteMs = 60_000;

/** `3 sites, 2 apps`, or the one of the two that there is; `undefined` for nothing. */
export function blockWords(sites: number, apps: number): string | undefined {
  const words = [
    sites === 0
      ? undefined
      : sites === 1
        ? text('focus.oneSite')
        : text('focus.sites', { count: formatCount(sites) }),
    apps === 0
      ? undefined
      : apps === 1
        ? text('focus.oneApp')
        : text('focus.apps', { count: formatCount(apps) }),
  ].filter((word) => word !== undefined);
  return words.length === 0 ? undefined : words.join(', ');
}

/** What the closed pane says while no session runs: `50 min, 3 sites, 2 apps`. */
export function idleSummary({ lengthMinutes, sites, apps }: FocusReading): string {
  const on = (entries: readonly { readonly isOn: boolean }[]): number =>
    entries.filter(({ isOn }) => isOn).length;
  const length = text('duration.minutes', { minutes: formatCount(lengthMinutes) });
  return `${length}, ${blockWords(on(sites), on(apps)) ?? text('focus.nothingBlocked')}`;
}

/** What the header says while a session runs: `ends 15:54`. */
export function sessionMark(
  session: RunningSession,
  atMs: number,
  zoneOffsetMinutes: number,
): string {
  switch (session.phase) {
    case 'running':
      return text('focus.ends', { time: endTime(session, atMs, zoneOffsetMinutes) });
    case 'paused':
      return text('focus.paused');
    case 'overtime':
      return text('focus.timeOver');
  }
}

/** When the planned time of a session that runs is over, as a time of day. */
export function endTime(session: RunningSession, atMs: number, zoneOffsetMinutes: number): string {
  // To the minute that is the nearest: the snapshot is some milliseconds old when it was taken.
  const endMs = Math.round((atMs + session.remainingMs) / minuteMs) * minuteMs;
  return formatTime(endMs, zoneOffsetMinutes);
}
