import { protections } from '../../focus/session/flowProtection.ts';
import {
  blockWayFacts,
  type WayPortKey,
  type WaySwitchKey,
} from '../../focus/sites/blockWayFacts.ts';
import {
  folder,
  names,
  nameSwitches,
  oneOf,
  onOff,
  someOf,
  wholeWithin,
  within,
  type SettingKind,
} from './settingKinds.ts';

/**
 * One setting. All else derives from it: what is read and checked, what an exported configuration holds, and its entries in
 * package.json, whose description is the text `setting.NAME` of package.nls.json (and `setting.NAME.WORD` for each word that
 * it may be).
 */
export interface Setting<T> {
  /** Below `millrace.`. */
  readonly name: string;
  readonly kind: SettingKind<T>;
  readonly default: T;
  readonly reach: SettingReach;
}

/** Where a setting may be set, and where it goes. */
export interface SettingReach {
  /**
   * `application`: by the person, once for all profiles. `machine`: by each computer for itself. `window`: also by whoever
   * wrote a workspace's or a folder's settings, which come with a clone; a test asks for the reason of each such setting.
   */
  readonly scope: 'window' | 'machine' | 'application';
  /** Named in package.json as what a workspace that is not trusted can't say: a second lock, should a scope be read otherwise. */
  readonly isRestricted: boolean;
  /** Whether an exported configuration takes it to another computer. */
  readonly isExported: boolean;
}

/** What concerns the person or the record, in all windows alike: no workspace's business, nor that of a container's settings. */
const ofPerson: SettingReach = { scope: 'application', isRestricted: true, isExported: true };
const ofPersonHere: SettingReach = { scope: 'machine', isRestricted: true, isExported: true };
/** Folders and ports of one computer, and what changes that computer. */
const ofComputer: SettingReach = { scope: 'machine', isRestricted: true, isExported: false };
/** How one window looks. */
const ofWindow: SettingReach = { scope: 'window', isRestricted: false, isExported: true };

/** A focus session or a break lasts no longer. */
export const mostMinutes = 720;

const minutes = wholeWithin(1, mostMinutes);
/** Ports below 1024 belong to the system. */
const port = wholeWithin(1_024, 65_535);

function setting<T>(
  name: string,
  kind: SettingKind<T>,
  usual: NoInfer<T>,
  reach = ofPerson,
): Setting<T> {
  return { name, kind, default: usual, reach };
}

const general = {
  statusBarDisplay: setting(
    'statusBar.display',
    oneOf(['full', 'iconOnly', 'off']),
    'full',
    ofWindow,
  ),
  idleMinutes: setting('session.idleMinutes', within(1, 60), 5),
  dayStartHour: setting('day.startHour', wholeWithin(0, 23), 4),
  /** Empty: the extension's own storage. */
  vaultFolder: setting('vault.folder', folder, '', ofComputer),
  /** 0: never. */
  autoLockMinutes: setting('vault.autoLockMinutes', within(0, 1440), 0),
  asksForFeedback: setting('feedback.ask', onOff, true),
  hintsAtRhythm: setting('rhythmHint.enabled', onOff, false),
};

/** What leaves the vault. */
const data = {
  backupFolder: setting('backup.folder', folder, '', ofComputer),
  backupSchedule: setting('backup.schedule', oneOf(['off', 'daily']), 'daily', ofComputer),
  syncFolder: setting('sync.folder', folder, '', ofComputer),
};

const focusSessions = {
  focusMinutes: setting('focus.lengthMinutes', minutes, 50),
  breakMinutes: setting('focus.breakMinutes', minutes, 10),
  suggestsBreaks: setting('focus.suggestBreaks', onOff, true),
  /** What is done when flow begins. */
  flowProtections: setting('focus.protectFlow', someOf(protections), []),
  /** As they were typed; what is no name that can be blocked is left out where the list is used. */
  blockedSites: setting('focus.blockedSites', nameSwitches, {}),
  blockedApps: setting('focus.blockedApps', nameSwitches, {}, ofPersonHere),
  /** Programs of the list that are ended after a warning, rather than warned about. */
  closedApps: setting('focus.closeApps', names, [], ofPersonHere),
};

/** Of each way of blocking a switch, and a port where it is a server. */
const blocking = Object.fromEntries(
  Object.values(blockWayFacts).flatMap(({ isOn, port: own }) => [
    [isOn.key, setting(isOn.name, onOff, false, ofComputer)],
    ...(own === undefined ? [] : [[own.key, setting(own.name, port, own.usual, ofComputer)]]),
  ]),
  // `Object.fromEntries` forgets which key goes with which setting.
) as Readonly<Record<WaySwitchKey, Setting<boolean>> & Record<WayPortKey, Setting<number>>>;

/** Every setting, by what the code calls it. */
export const settingTable = { ...general, ...data, ...focusSessions, ...blocking };

/**
 * The settings as the settings editor groups them, for package.json. Where it lists them without groups, as it does for a
 * search, it goes by their order, which counts from `firstOrder` on.
 */
export const settingSections = [
  { title: 'Millrace', firstOrder: 1, settings: general },
  { title: '%settings.data%', firstOrder: 1, settings: data },
  { title: '%settings.focus%', firstOrder: 8, settings: focusSessions },
  { title: '%settings.blocking%', firstOrder: 15, settings: blocking },
] as const;

type ValuesOf<Table> = {
  readonly [Key in keyof Table]: Table[Key] extends Setting<infer Value> ? Value : never;
};

/** The settings as they hold now, every one within its range. */
export type Settings = ValuesOf<typeof settingTable>;
/** Those of what leaves the vault. */
export type DataSettings = ValuesOf<typeof data>;
/** Those of focus sessions and blocking. */
export type FocusSettings = ValuesOf<typeof focusSessions & typeof blocking>;
