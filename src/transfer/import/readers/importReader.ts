import type { ImportPlan } from '../importPlan.ts';
import type { ImportSource } from '../../messages/exportMessages.ts';
import type { JsonVisitor } from './jsonWalker.ts';

/** What reads one kind of file, value by value. Several look at a file at once, until it is clear whose it is. */
export interface ImportReader extends JsonVisitor {
  readonly source: ImportSource;
  /** Whether the file is of this kind, as far as it was read. */
  readonly isOurs: boolean;
  /**
   * Called after the last value of a file of this kind: what was collected goes into the plan.
   * @throws {TransferError} `damaged`, `laterVersion`
   */
  finish(): void;
}

/** What a reader gets. */
export interface ReaderPlace {
  readonly plan: ImportPlan;
  /** Nothing that is imported from another program lies after it. */
  readonly nowMs: number;
  /** This machine's zone, for files that name none. */
  zoneOffsetMinutes(atWallMs: number): number;
}

/** More events than anybody has in a lifetime. */
export const mostEvents = 5_000_000;

/** A member of something that may be no object. */
export function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? Reflect.get(value, name)
    : undefined;
}
