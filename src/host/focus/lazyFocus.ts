import type { FocusState } from '../../readings/focusReading.ts';
import type { LazyPart } from '../lazy/lazyPart.ts';
import { hasFocusTraces } from './focusTraces.ts';

/** Focus sessions and blocking. */
export const lazyFocus: LazyPart<FocusState> = {
  // The window is up and somebody may type; then is the time to look what an earlier window left.
  firstLookMs: 2_000,
  // Another window may begin the very first session.
  lookMs: 5_000,
  /** A way of blocking is on, or an earlier window left something on the disk. */
  isNeeded: async ({ storageFolder, settings }) => {
    const { companionIsOn, proxyIsOn, flowProtections } = settings;
    const isOn = companionIsOn || proxyIsOn || flowProtections.length > 0;
    return isOn || (await hasFocusTraces(storageFolder));
  },
  load: async (window) => {
    const { FocusPart } = await import('./focusPart.ts');
    return new FocusPart(window);
  },
};
