import * as v from 'valibot';
import { entryName, minutes, sessionKind } from '../readings/focusReading.ts';

/** What the dashboard asks of focus sessions. Where a name or a file is needed, the host asks the person. */
export const focusWish = v.variant('wish', [
  v.strictObject({ wish: v.literal('start'), kind: sessionKind, minutes }),
  v.strictObject({ wish: v.literal('pause') }),
  v.strictObject({ wish: v.literal('resume') }),
  v.strictObject({ wish: v.literal('extend'), minutes }),
  v.strictObject({ wish: v.literal('end') }),
  v.strictObject({ wish: v.literal('chooseLength'), minutes }),
  v.strictObject({ wish: v.literal('suggestBreaks'), isOn: v.boolean() }),
  v.strictObject({ wish: v.literal('switchSite'), name: entryName, isOn: v.boolean() }),
  v.strictObject({ wish: v.literal('switchApp'), name: entryName, isOn: v.boolean() }),
  v.strictObject({ wish: v.literal('addEntry') }),
  v.strictObject({ wish: v.literal('pairBrowser') }),
  v.strictObject({ wish: v.literal('restoreEverything') }),
]);
export type FocusWish = v.InferOutput<typeof focusWish>;
