import { dayAt } from '../../../facts/localDay.ts';
import { weekSpan, type WeekOfSessions } from '../focusDashboard.ts';
import type { PartWindow } from '../../lazy/lazyPart.ts';
import { LastReading } from '../../vault/lastReading.ts';

/** The week that today is in, as it was last read from the vault. */
export function readingOfWeek(
  options: Pick<PartWindow, 'clock' | 'settings' | 'vault' | 'log'>,
): LastReading<WeekOfSessions> {
  const { clock, settings, vault, log } = options;
  const today = (): number => {
    const wallMs = clock.wallMs();
    return dayAt(wallMs, clock.zoneOffsetMinutes(wallMs), settings().dayStartHour);
  };
  return new LastReading<WeekOfSessions>({
    what: 'The week of focus sessions',
    read: async () => {
      const day = today();
      const { dayStartHour } = settings();
      const sessions = await vault.stored.focusSessions(weekSpan(day, dayStartHour));
      return { day, dayStartHour, sessions };
    },
    isStillTrue: (week) => week.day === today() && week.dayStartHour === settings().dayStartHour,
    log,
  });
}
