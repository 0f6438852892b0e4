import type { DataReading } from '../readings/dataReading.ts';
import type { FocusReading } from '../readings/focusReading.ts';
import { isServer, waysThatAreOn } from '../focus/sites/blockWayFacts.ts';
import { hasFocusTraces } from './focus/focusTraces.ts';
import type { LazyPart } from './lazy/lazyPart.ts';
import type { LazyPartList } from './lazy/windowParts.ts';
import { hasRestoredVault } from './vault/vaultPlace.ts';

/** Backups, export, import, sync and erasing. */
const data: LazyPart<DataReading> = {
  // An editor that starts has better things to do.
  firstLookMs: 20_000,
  // Another window may restore a vault at any time.
  lookMs: 60_000,
  isNeeded: async ({ storageFolder, settings }) => {
    const { backupFolder, backupSchedule, syncFolder } = settings;
    const isOn = (backupFolder !== '' && backupSchedule !== 'off') || syncFolder !== '';
    return isOn || (await hasRestoredVault(storageFolder));
  },
  load: async (window) => {
    const { DataPart } = await import('./data/dataPart.ts');
    return new DataPart(window);
  },
};

/** Focus sessions and blocking. */
const focus: LazyPart<FocusReading> = {
  // The window is up and somebody may type; then is the time to look what an earlier window left.
  firstLookMs: 2_000,
  // Another window may begin the very first session.
  lookMs: 5_000,
  isNeeded: async ({ storageFolder, settings }) => {
    const isOn = waysThatAreOn(settings).some(isServer) || settings.flowProtections.length > 0;
    return isOn || (await hasFocusTraces(storageFolder));
  },
  load: async (window) => {
    const { FocusPart } = await import('./focus/focusPart.ts');
    return new FocusPart(window);
  },
};

/**
 * Every part of a window that is loaded when it is first needed, by the name that the table of commands calls it. What
 * several add to the status bar stands there in this order.
 */
export const lazyParts = { data, focus } satisfies LazyPartList;
