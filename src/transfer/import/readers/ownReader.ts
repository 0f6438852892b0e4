import * as v from 'valibot';
import { exportFormat, exportVersion } from '../../export/exportJson.ts';
import type { ImportReader, ReaderPlace } from './importReader.ts';
import type { JsonChoice } from './jsonWalker.ts';
import { recordKinds } from '../../records/recordKinds.ts';
import { parseSession } from '../../records/sessionJson.ts';
import { TransferError } from '../../transferError.ts';

const kinds = new Map(recordKinds.map((kind) => [kind.name, kind]));
const countsSchema = v.object({ sessions: v.number(), minutes: v.number(), others: v.number() });

/**
 * Reads an export of ours. It is taken to the letter: one record that is not as the format says, or is missing at the
 * end, and nothing of the file is taken.
 */
export class OwnReader implements ImportReader {
  readonly source = 'millrace';
  readonly #place: ReaderPlace;
  readonly #found = { sessions: 0, minutes: 0, others: 0 };
  #format: unknown;
  #version: unknown;
  #counts: unknown;
  #isMalformed = false;

  constructor(place: ReaderPlace) {
    this.#place = place;
  }

  get isOurs(): boolean {
    return this.#format === exportFormat;
  }

  select([first = '', ...rest]: readonly string[]): JsonChoice {
    const isList = first === 'sessions' || kinds.has(first);
    if (rest.length === 0) {
      return isList ? 'enter' : ['format', 'version', 'counts'].includes(first) ? 'take' : 'skip';
    }
    return isList && rest.length === 1 && rest[0] === '*' ? 'take' : 'skip';
  }

  value([first = '', ...rest]: readonly string[], value: unknown): void {
    if (rest.length > 0) {
      this.#record(first, value);
    } else if (first === 'format') {
      this.#format = value;
    } else if (first === 'version') {
      this.#version = value;
    } else if (first === 'counts') {
      this.#counts = value;
    }
    if (this.isOurs && this.#version !== undefined && this.#isMalformed) {
      // No need to read the rest.
      this.#check();
    }
  }

  finish(): void {
    this.#check();
  }

  #record(name: string, value: unknown): void {
    if (name === 'sessions') {
      const session = parseSession(value);
      this.#isMalformed ||= session === undefined;
      if (session !== undefined) {
        this.#found.sessions++;
        this.#found.minutes += session.samples.length;
        this.#place.plan.addOwn(session);
      }
      return;
    }
    const record = kinds.get(name)?.parse(value);
    this.#isMalformed ||= record === undefined;
    if (record !== undefined) {
      this.#found.others++;
      this.#place.plan.addRecord(record);
    }
  }

  #check(): void {
    if (typeof this.#version === 'number' && this.#version > exportVersion) {
      throw new TransferError('laterVersion', 'The export was written by a later version');
    }
    const { sessions, minutes, others } = this.#found;
    const told = v.safeParse(countsSchema, this.#counts);
    const isWhole =
      told.success &&
      told.output.sessions === sessions &&
      told.output.minutes === minutes &&
      told.output.others === others;
    if (this.#version !== exportVersion || this.#isMalformed || !isWhole) {
      throw new TransferError('damaged', 'The export is not as its format says');
    }
  }
}
