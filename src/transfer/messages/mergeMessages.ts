import * as v from 'valibot';
import { count, wallMs } from '../../facts/guards.ts';

/** The job about a vault that was left for a restored one, while some window may still have written to it. */
export const mergeMessages = {
  /** Takes what another vault's folder was given from a moment on into the present vault. */
  mergeSince: {
    params: v.strictObject({
      /** The folder of the vault that was left. */
      from: v.pipe(v.string(), v.minLength(1), v.maxLength(32_768)),
      sinceMs: wallMs,
    }),
    /** Rows of each table that were not there before; all 0 when there was nothing new. */
    result: v.strictObject({ added: v.record(v.string(), count) }),
  },
} as const;
