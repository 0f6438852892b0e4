import type { FlowState } from './flow.ts';

/** How much of the time that somebody was there could not be told, 0-1; 0 where nobody was. */
export function unknownShare(seconds: Readonly<Partial<Record<FlowState, number>>>): number {
  const { away = 0, paused = 0, unknown = 0 } = seconds;
  const present = Object.values(seconds).reduce((sum, each) => sum + each, 0) - away - paused;
  return present === 0 ? 0 : unknown / present;
}
