import type { Writable } from 'node:stream';
import { visibleText } from '../base/visibleText.ts';
import type { Log, LogFields } from '../base/log.ts';

/** A log for the command line: warnings and errors as lines of standard error. */
export function streamLog(stream: Writable): Log {
  const write = (level: string, message: string, fields?: LogFields): void => {
    const details = Object.entries(fields ?? {})
      .map(([name, value]) => ` ${name}=${visibleText(value.toString())}`)
      .join('');
    stream.write(`millrace: ${level}: ${message}${details}\n`);
  };
  return {
    info: () => {},
    warn(message, fields) {
      write('warning', message, fields);
    },
    error(message, fields) {
      write('error', message, fields);
    },
  };
}
