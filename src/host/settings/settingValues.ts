import {
  dataSettingNames,
  defaultDataSettings,
  isFolder,
  readDataSettings,
  type DataSettings,
} from './dataSettingValues.ts';
import {
  defaultFocusSettings,
  focusSettingNames,
  readFocusSettings,
  type FocusSettings,
} from './focusSettingValues.ts';

export const statusBarDisplays = ['full', 'iconOnly', 'off'] as const;
export type StatusBarDisplay = (typeof statusBarDisplays)[number];

/** The settings as they hold now, every one within its range. */
export interface Settings extends FocusSettings, DataSettings {
  readonly statusBarDisplay: StatusBarDisplay;
  readonly idleMinutes: number;
  readonly dayStartHour: number;
  /** Absolute path, or an empty string for the extension's own storage. */
  readonly vaultFolder: string;
  /** 0: never. */
  readonly autoLockMinutes: number;
  readonly asksForFeedback: boolean;
  readonly hintsAtRhythm: boolean;
}

export const defaultSettings: Settings = {
  statusBarDisplay: 'full',
  idleMinutes: 5,
  dayStartHour: 4,
  vaultFolder: '',
  autoLockMinutes: 0,
  asksForFeedback: true,
  hintsAtRhythm: false,
  ...defaultFocusSettings,
  ...defaultDataSettings,
};

/** The name of each setting below `millrace.`; a test holds them against package.json. */
export const settingNames = {
  statusBarDisplay: 'statusBar.display',
  idleMinutes: 'session.idleMinutes',
  dayStartHour: 'day.startHour',
  vaultFolder: 'vault.folder',
  autoLockMinutes: 'vault.autoLockMinutes',
  asksForFeedback: 'feedback.ask',
  hintsAtRhythm: 'rhythmHint.enabled',
  ...focusSettingNames,
  ...dataSettingNames,
} as const satisfies Record<keyof Settings, string>;

type ReadSetting = (name: string) => unknown;

/**
 * Takes each value that is in range and the default for the rest, as settings are edited by hand.
 * @param rejected is told the name of every setting that was out of range
 */
export function readSettings(read: ReadSetting, rejected: (name: string) => void): Settings {
  const take = <T>(name: string, fallback: T, check: (value: unknown) => value is T): T => {
    const value = read(name);
    if (value === undefined || check(value)) {
      return value ?? fallback;
    }
    rejected(name);
    return fallback;
  };
  return {
    statusBarDisplay: take(
      settingNames.statusBarDisplay,
      defaultSettings.statusBarDisplay,
      isDisplay,
    ),
    idleMinutes: take(settingNames.idleMinutes, defaultSettings.idleMinutes, isWithin(1, 60)),
    dayStartHour: take(
      settingNames.dayStartHour,
      defaultSettings.dayStartHour,
      isWholeWithin(0, 23),
    ),
    vaultFolder: take(settingNames.vaultFolder, defaultSettings.vaultFolder, isFolder),
    autoLockMinutes: take(
      settingNames.autoLockMinutes,
      defaultSettings.autoLockMinutes,
      isWithin(0, 1440),
    ),
    asksForFeedback: take(settingNames.asksForFeedback, defaultSettings.asksForFeedback, isSwitch),
    hintsAtRhythm: take(settingNames.hintsAtRhythm, defaultSettings.hintsAtRhythm, isSwitch),
    ...readFocusSettings(take),
    ...readDataSettings(take),
  };
}

function isSwitch(value: unknown): value is boolean {
  return typeof value === 'boolean';
}

function isDisplay(value: unknown): value is StatusBarDisplay {
  return statusBarDisplays.some((display) => display === value);
}

function isWithin(least: number, most: number): (value: unknown) => value is number {
  return (value): value is number => typeof value === 'number' && value >= least && value <= most;
}

function isWholeWithin(least: number, most: number): (value: unknown) => value is number {
  const inRange = isWithin(least, most);
  return (value): value is number => inRange(value) && Number.isInteger(value);
}
