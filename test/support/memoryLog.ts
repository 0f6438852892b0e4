import type { Log, LogFields } from '../../src/base/log.ts';

export interface LogLine {
  readonly level: 'info' | 'warn' | 'error';
  readonly message: string;
  readonly fields: LogFields | undefined;
}

/** A log that keeps its lines for a test to look at. */
export class MemoryLog implements Log {
  readonly lines: LogLine[] = [];

  info(message: string, fields?: LogFields): void {
    this.lines.push({ level: 'info', message, fields });
  }

  warn(message: string, fields?: LogFields): void {
    this.lines.push({ level: 'warn', message, fields });
  }

  error(message: string, fields?: LogFields): void {
    this.lines.push({ level: 'error', message, fields });
  }

  /** Everything as one text, to search it. */
  get text(): string {
    return this.lines
      .map(({ message, fields }) => `${message} ${JSON.stringify(fields ?? {})}`)
      .join('\n');
  }
}
