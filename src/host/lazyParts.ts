import { lazyData } from './data/lazyData.ts';
import { lazyFocus } from './focus/lazyFocus.ts';
import type { LazyPartList } from './lazy/windowParts.ts';

/**
 * Every part of a window that is loaded when it is first needed, by the name that the table of commands calls it. What
 * several add to the status bar stands there in this order.
 */
export const lazyParts = { data: lazyData, focus: lazyFocus } satisfies LazyPartList;
