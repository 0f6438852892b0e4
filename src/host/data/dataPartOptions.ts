import type * as vscode from 'vscode';
import type { Clock } from '../../base/clock.ts';
import type { Event } from '../../base/emitter.ts';
import type { Log } from '../../base/log.ts';
import type { FlowReading } from '../../flow/flowReading.ts';
import type { Vault } from '../../vault/vault.ts';
import type { Notices } from '../notices/notices.ts';
import type { Settings } from '../settings/settingTable.ts';

/** What the data part needs of its window. */
export interface DataPartOptions {
  readonly context: vscode.ExtensionContext;
  readonly settings: () => Settings;
  readonly tracker: {
    readonly latest: FlowReading;
    readonly onDidStep: Event<FlowReading>;
    finish(): void;
  };
  readonly vault: Vault;
  readonly notices: Notices;
  readonly readings: { readAgain(): Promise<void> };
  readonly clock: Clock;
  readonly log: Log;
}

/** What the dialogs of the data part work with. */
export interface DataDesk {
  readonly context: vscode.ExtensionContext;
  readonly settings: () => Settings;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly log: Log;
}
