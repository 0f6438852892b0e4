import type { BestHoursReading } from '../../readings/bestHoursReading.ts';

/** Below this, an hour of the week has too little data to say anything about. */
export const enoughActiveSeconds = 3600;
const fewestKnownHours = 12;
const fewestHoursOfBlock = 2;
/** A block is only called best where it is clearly above the person's own average. */
const clearlyAbove = 1.15;

type Hour = BestHoursReading['hours'][number];

/** A rectangle of the week, bounds inclusive; weekday 0 is Monday. */
export interface Block {
  readonly firstWeekday: number;
  readonly lastWeekday: number;
  readonly firstHour: number;
  readonly lastHour: number;
}

/** The share of active time in flow, 0-1, or `undefined` where there is too little data. */
export function shareOf(hour: Hour | undefined): number | undefined {
  return hour === undefined || hour.activeSeconds < enoughActiveSeconds
    ? undefined
    : Math.min(1, hour.inFlowSeconds / hour.activeSeconds);
}

/**
 * The block of neighbouring days and hours, all with enough data, that stands out most: the excess of its share
 * over the average share, weighted with the square root of its active time, as that is how a mean gains
 * certainty. `undefined` where the data is thin or nothing stands out.
 */
export function findBestBlock(hours: readonly Hour[]): Block | undefined {
  const known = new Map<string, Hour>();
  for (const hour of hours) {
    if (shareOf(hour) !== undefined) {
      known.set(`${hour.weekday} ${hour.hour}`, hour);
    }
  }
  const total = sumOf([...known.values()]);
  const average = total.active === 0 ? 0 : total.flow / total.active;
  if (known.size < fewestKnownHours || average === 0) {
    return undefined;
  }
  let best: Block | undefined;
  let bestWeight = 0;
  for (const block of blocks()) {
    const cells = cellsOf(block, known);
    if (cells === undefined) {
      continue;
    }
    const { active, flow } = sumOf(cells);
    const share = flow / active;
    const weight = (share - average) * Math.sqrt(active);
    if (share >= average * clearlyAbove && weight > bestWeight) {
      best = block;
      bestWeight = weight;
    }
  }
  return best;
}

/** Whether an hour of the week is one of the block's; none is where there is no block. */
export function isInBlock(block: Block | undefined, weekday: number, hour: number): block is Block {
  return (
    block !== undefined &&
    weekday >= block.firstWeekday &&
    weekday <= block.lastWeekday &&
    hour >= block.firstHour &&
    hour <= block.lastHour
  );
}

function sumOf(cells: readonly Hour[]): { active: number; flow: number } {
  return cells.reduce(
    (sum, { activeSeconds, inFlowSeconds }) => ({
      active: sum.active + activeSeconds,
      flow: sum.flow + Math.min(inFlowSeconds, activeSeconds),
    }),
    { active: 0, flow: 0 },
  );
}

/** The cells of a block, or `undefined` when one of them has too little data. */
function cellsOf(block: Block, known: ReadonlyMap<string, Hour>): readonly Hour[] | undefined {
  const cells: Hour[] = [];
  for (let weekday = block.firstWeekday; weekday <= block.lastWeekday; weekday++) {
    for (let hour = block.firstHour; hour <= block.lastHour; hour++) {
      const cell = known.get(`${weekday} ${hour}`);
      if (cell === undefined) {
        return undefined;
      }
      cells.push(cell);
    }
  }
  return cells;
}

function* blocks(): Generator<Block> {
  for (let firstWeekday = 0; firstWeekday < 7; firstWeekday++) {
    for (let lastWeekday = firstWeekday; lastWeekday < 7; lastWeekday++) {
      for (let firstHour = 0; firstHour < 24; firstHour++) {
        for (let lastHour = firstHour + fewestHoursOfBlock - 1; lastHour < 24; lastHour++) {
          yield { firstWeekday, lastWeekday, firstHour, lastHour };
        }
      }
    }
  }
}
