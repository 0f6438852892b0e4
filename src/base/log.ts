import { systemErrorCode, toError } from './errors.ts';

/** What may stand beside a log message: counts, codes and ids. Never content, paths or keys. */
export type LogFields = Readonly<Record<string, string | number | boolean>>;

/** Where Millrace says what it does. The host writes to the output channel, the command line to standard error. */
export interface Log {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

/**
 * Names an error for a log without its text, which may hold a path: class, system code, and the `reason`
 * of our own error classes.
 */
export function describeError(thrown: unknown): LogFields {
  const error = toError(thrown);
  const fields: Record<string, string> = { error: error.name };
  const code = systemErrorCode(thrown);
  if (code !== undefined) {
    fields['code'] = code;
  }
  if ('reason' in error && typeof error.reason === 'string') {
    fields['reason'] = error.reason;
  }
  return fields;
}

/** Lets a promise run on its own; a failure is logged under `what`, so that none floats unseen. */
export function runDetached(log: Log, what: string, work: Promise<unknown>): void {
  work.catch((error: unknown) => {
    log.error(`${what} failed`, describeError(error));
  });
}
