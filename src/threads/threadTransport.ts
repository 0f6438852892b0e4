import type { Transport } from '../base/channel.ts';
import { toDisposable } from '../base/disposable.ts';
import type { Log, LogFields } from '../base/log.ts';

/** Either end of a worker thread: a `Worker` where the host is, the parent's port in the thread. */
export interface ThreadEnd {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (message: unknown) => void): unknown;
  off(event: 'message', listener: (message: unknown) => void): unknown;
}

/** What a thread has to say for the log. It goes beside the thread's contract, so that no contract names it. */
interface LogLine {
  readonly kind: 'log';
  readonly level: keyof Log;
  readonly message: string;
  readonly fields: LogFields;
}

const levels: Readonly<Record<keyof Log, true>> = { info: true, warn: true, error: true };

/**
 * The messages of a thread, at either end.
 * @param log where the lines go that the other end tells of; without it they are messages like others
 */
export function threadTransport(end: ThreadEnd, log?: Log): Transport {
  return {
    post(message) {
      end.postMessage(message);
    },
    onMessage(listener) {
      const own = (message: unknown): void => {
        if (log !== undefined && isLogLine(message)) {
          log[message.level](message.message, message.fields);
        } else {
          listener(message);
        }
      };
      end.on('message', own);
      return toDisposable(() => end.off('message', own));
    },
  };
}

/** A log whose lines the host writes, as {@link threadTransport} hears them there. */
export function threadLog(end: ThreadEnd): Log {
  const tell =
    (level: keyof Log) =>
    (message: string, fields: LogFields = {}): void => {
      const line: LogLine = { kind: 'log', level, message, fields: { ...fields } };
      end.postMessage(line);
    };
  return { info: tell('info'), warn: tell('warn'), error: tell('error') };
}

function isLogLine(value: unknown): value is LogLine {
  return (
    isObject(value) &&
    value['kind'] === 'log' &&
    typeof value['level'] === 'string' &&
    Object.hasOwn(levels, value['level']) &&
    typeof value['message'] === 'string' &&
    isObject(value['fields']) &&
    Object.values(value['fields']).every(
      (field) =>
        typeof field === 'string' || typeof field === 'number' || typeof field === 'boolean',
    )
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
