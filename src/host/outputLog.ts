import type * as vscode from 'vscode';
import { visibleText } from '../base/visibleText.ts';
import type { Log, LogFields } from '../base/log.ts';

/** The log behind the "Millrace" entry of the Output panel. Dispose the channel to end it. */
export function createOutputLog(channel: vscode.LogOutputChannel): Log {
  const write = (put: (line: string) => void) => (message: string, fields?: LogFields) => {
    put(visibleText(fields === undefined ? message : `${message} ${JSON.stringify(fields)}`));
  };
  return {
    info: write((line) => {
      channel.info(line);
    }),
    warn: write((line) => {
      channel.warn(line);
    }),
    error: write((line) => {
      channel.error(line);
    }),
  };
}
