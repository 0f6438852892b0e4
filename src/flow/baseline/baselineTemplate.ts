import { ReasonedError } from '../../base/errors.ts';
import { Baseline, baselineBins, baselineRows, type BaselineDay } from './baseline.ts';
import { baselineDays } from '../flowRules.ts';
import { appendLeb128 } from '../leb128.ts';

/**
 * A baseline as bytes, for a vault's template. All numbers are LEB128, unsigned, least significant group first:
 *
 *   version (1) | days (0-14) | for each, oldest first: day number | active steps | runs
 *
 * A run is zeros to pass over, then counts: `zeros | counts | count ...`, until all bins of the day are told. Day
 * numbers are days since 1970. Another version is refused, as its bins may mean something else.
 */
const version = 1;
const binsPerDay = baselineRows * baselineBins;
/** No honest count or day needs more than 35 bits. */
const mostGroups = 5;

export type TemplateFailure = 'unknownVersion' | 'damaged';

/** A stored baseline that can't be read; a new one begins, and the stored one stays as it is. */
export class BaselineTemplateError extends ReasonedError<TemplateFailure> {
  static readonly domain = 'BaselineTemplate';

  constructor(reason: TemplateFailure) {
    super(BaselineTemplateError.domain, reason, `The stored baseline can't be used: ${reason}`);
  }
}

/** The name under which a vault keeps the template. */
export const baselineTemplateName = 'flow-baseline';

export function encodeBaseline({ days }: Baseline): Uint8Array {
  const bytes: number[] = [];
  const write = (value: number): void => {
    appendLeb128(bytes, value);
  };
  write(version);
  write(days.length);
  for (const { day, activeSteps, bins } of days) {
    write(Math.max(0, day));
    write(activeSteps);
    for (let at = 0; at < binsPerDay;) {
      const from = at;
      while (at < binsPerDay && bins[at] === 0) {
        at++;
      }
      const start = at;
      while (at < binsPerDay && bins[at] !== 0) {
        at++;
      }
      write(start - from);
      write(at - start);
      bins.subarray(start, at).forEach(write);
    }
  }
  return Uint8Array.from(bytes);
}

/** @throws {BaselineTemplateError} when the bytes are not what {@link encodeBaseline} makes */
export function decodeBaseline(bytes: Uint8Array): Baseline {
  const reader = new Reader(bytes);
  if (reader.next() !== version) {
    throw new BaselineTemplateError('unknownVersion');
  }
  const count = reader.next();
  if (count > baselineDays) {
    throw new BaselineTemplateError('damaged');
  }
  const days: BaselineDay[] = [];
  for (let index = 0; index < count; index++) {
    const day = reader.next();
    if (day <= (days.at(-1)?.day ?? -1)) {
      throw new BaselineTemplateError('damaged');
    }
    days.push({ day, activeSteps: reader.next(), bins: reader.bins() });
  }
  if (!reader.isAtEnd) {
    throw new BaselineTemplateError('damaged');
  }
  return new Baseline(days);
}

class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  next(): number {
    let value = 0;
    for (let group = 0; group < mostGroups; group++) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) {
        break;
      }
      value += (byte % 128) * 128 ** group;
      if (byte < 128) {
        return value;
      }
    }
    throw new BaselineTemplateError('damaged');
  }

  bins(): Uint16Array {
    const bins = new Uint16Array(binsPerDay);
    for (let at = 0; at < binsPerDay;) {
      const start = at + this.next();
      const end = start + this.next();
      if (end > binsPerDay || end === at) {
        throw new BaselineTemplateError('damaged');
      }
      for (at = start; at < end; at++) {
        const steps = this.next();
        if (steps > 0xffff) {
          throw new BaselineTemplateError('damaged');
        }
        bins[at] = steps;
      }
    }
    return bins;
  }
}
