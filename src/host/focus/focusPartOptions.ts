import type * as vscode from 'vscode';
import type { Clock } from '../../base/clock.ts';
import type { Event } from '../../base/emitter.ts';
import type { FocusSession } from '../../base/focusSession.ts';
import type { Log } from '../../base/log.ts';
import type { FlowReading } from '../../flow/flowReading.ts';
import type { FocusSessionRecord } from '../../vault/record.ts';
import type { Notices } from '../notices/notices.ts';
import type { Settings } from '../settings/settingTable.ts';

/** What the focus part needs of its window. */
export interface FocusPartOptions {
  readonly context: vscode.ExtensionContext;
  readonly settings: () => Settings;
  readonly tracker: {
    readonly latest: FlowReading;
    readonly isFocused: boolean;
    readonly onDidStep: Event<FlowReading>;
  };
  readonly vault: {
    append(records: readonly FocusSessionRecord[]): Promise<void>;
    readonly stored: {
      focusSessions(span: {
        readonly startMs: number;
        readonly endMs: number;
      }): Promise<readonly FocusSession[]>;
    };
  };
  readonly notices: Notices;
  readonly clock: Clock;
  readonly log: Log;
}
