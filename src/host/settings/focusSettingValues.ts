import { protections, type Protection } from '../../focus/session/flowProtection.ts';

/** Names of sites or programs, each with its switch: switching it off keeps it on the list. */
export type NameSwitches = Readonly<Record<string, boolean>>;

/** The settings of focus sessions and blocking, every one within its range. */
export interface FocusSettings {
  readonly focusMinutes: number;
  readonly breakMinutes: number;
  readonly suggestsBreaks: boolean;
  /** What is done when flow begins. */
  readonly flowProtections: readonly Protection[];
  /** As they were typed; what is no name that can be blocked is left out where the list is used. */
  readonly blockedSites: NameSwitches;
  readonly blockedApps: NameSwitches;
  /** Programs of the list that are ended after a warning, rather than warned about. */
  readonly closedApps: readonly string[];
  readonly companionIsOn: boolean;
  readonly companionPort: number;
  readonly proxyIsOn: boolean;
  readonly proxyPort: number;
  readonly hostsFileIsOn: boolean;
}

export const defaultFocusSettings: FocusSettings = {
  focusMinutes: 50,
  breakMinutes: 10,
  suggestsBreaks: true,
  flowProtections: [],
  blockedSites: {},
  blockedApps: {},
  closedApps: [],
  companionIsOn: false,
  companionPort: 47_148,
  proxyIsOn: false,
  proxyPort: 47_147,
  hostsFileIsOn: false,
};

/** Their names below `millrace.`. */
export const focusSettingNames = {
  focusMinutes: 'focus.lengthMinutes',
  breakMinutes: 'focus.breakMinutes',
  suggestsBreaks: 'focus.suggestBreaks',
  flowProtections: 'focus.protectFlow',
  blockedSites: 'focus.blockedSites',
  blockedApps: 'focus.blockedApps',
  closedApps: 'focus.closeApps',
  companionIsOn: 'blocking.companion.enabled',
  companionPort: 'blocking.companion.port',
  proxyIsOn: 'blocking.proxy.enabled',
  proxyPort: 'blocking.proxy.port',
  hostsFileIsOn: 'blocking.hostsFile.enabled',
} as const satisfies Record<keyof FocusSettings, string>;

/** Takes a value that passes the check, else the fallback. */
export type TakeSetting = <T>(
  name: string,
  fallback: T,
  check: (value: unknown) => value is T,
) => T;

const mostMinutes = 720;
const mostNames = 2_000;
// RFC 1035, 2.3.4, with room for what people paste; a file name is 255 at most.
const longestName = 255;

/** Reads them all through `take`. */
export function readFocusSettings(take: TakeSetting): FocusSettings {
  const names = focusSettingNames;
  const usual = defaultFocusSettings;
  return {
    focusMinutes: take(names.focusMinutes, usual.focusMinutes, isWhole(1, mostMinutes)),
    breakMinutes: take(names.breakMinutes, usual.breakMinutes, isWhole(1, mostMinutes)),
    suggestsBreaks: take(names.suggestsBreaks, usual.suggestsBreaks, isSwitch),
    flowProtections: take(names.flowProtections, usual.flowProtections, areProtections),
    blockedSites: take(names.blockedSites, usual.blockedSites, areNameSwitches),
    blockedApps: take(names.blockedApps, usual.blockedApps, areNameSwitches),
    closedApps: take(names.closedApps, usual.closedApps, areNames),
    companionIsOn: take(names.companionIsOn, usual.companionIsOn, isSwitch),
    companionPort: take(names.companionPort, usual.companionPort, isPort),
    proxyIsOn: take(names.proxyIsOn, usual.proxyIsOn, isSwitch),
    proxyPort: take(names.proxyPort, usual.proxyPort, isPort),
    hostsFileIsOn: take(names.hostsFileIsOn, usual.hostsFileIsOn, isSwitch),
  };
}

function isSwitch(value: unknown): value is boolean {
  return typeof value === 'boolean';
}

function isWhole(least: number, most: number): (value: unknown) => value is number {
  return (value): value is number =>
    typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;
}

/** Ports below 1024 belong to the system. */
const isPort = isWhole(1_024, 65_535);

function isName(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= longestName;
}

function areNames(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length <= mostNames && value.every(isName);
}

function areProtections(value: unknown): value is readonly Protection[] {
  return (
    Array.isArray(value) &&
    value.length <= protections.length &&
    value.every((one) => protections.some((known) => known === one))
  );
}

function areNameSwitches(value: unknown): value is NameSwitches {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return false;
  }
  const entries = Object.entries(value);
  return (
    entries.length <= mostNames && entries.every(([name, isOn]) => isName(name) && isSwitch(isOn))
  );
}
