import type * as vscode from 'vscode';
import type { Clock } from '../../base/clock.ts';
import type { Disposable } from '../../base/disposable.ts';
import type { Event } from '../../base/emitter.ts';
import type { Log } from '../../base/log.ts';
import type { FlowReading } from '../../flow/flowReading.ts';
import type { Tracker } from '../../tracking/tracker.ts';
import type { Vault } from '../../vault/vault.ts';
import type { CommandAction } from '../commandTable.ts';
import type { Notices } from '../notices/notices.ts';
import type { Settings } from '../settings/settingTable.ts';

/**
 * A part of a window that is loaded when it is first needed: for one of its commands, for somebody who looks at the
 * dashboard where it shows something, or because a look now and then finds something for it to do. What says so is in
 * every window and must stay small; the part itself is a bundle of its own, which `load` brings with `import()`.
 */
export interface LazyPart<State = undefined> {
  /** After how long it is first looked whether there is something to load it for. */
  readonly firstLookMs: number;
  readonly lookMs: number;
  /** Whether there is something to load it for, though nobody has asked. */
  isNeeded(traces: PartTraces): Promise<boolean>;
  /** Makes the part. Who loads it starts it. */
  load(window: PartWindow): Promise<LoadedPart<State>>;
}

/** Where a look finds whether a part is needed. */
interface PartTraces {
  readonly storageFolder: string;
  readonly settings: Settings;
}

/** What a part may use of its window. */
export interface PartWindow {
  readonly context: vscode.ExtensionContext;
  readonly settings: () => Settings;
  readonly tracker: Tracker<FlowReading>;
  readonly vault: Vault;
  readonly notices: Notices;
  readonly readings: { readAgain(): Promise<void> };
  readonly clock: Clock;
  readonly log: Log;
}

/** A part once it is loaded. Disposed with its window. */
export interface LoadedPart<State = undefined> extends Disposable {
  /** Something of what it shows has changed. */
  readonly onDidChange: Event<void>;
  /** Something of it is in the vault now: who looks reads again. */
  readonly onDidStore?: Event<void>;
  /** What it adds to the status bar; `undefined` while that is nothing. */
  readonly status?: PartStatus | undefined;
  /** Begins its work. Called once; where it throws, the part is disposed, and loaded anew for the next who asks. */
  start(): Promise<void>;
  /** What the dashboard shows of it. @param isLocked the vault is: then nothing that was read of it */
  dashboardState?(isLocked: boolean): State;
  /** Runs one of the commands that the table gives to this part. */
  run(command: CommandAction): Promise<void>;
  /** Does what the dashboard asks of it; resolves when it is done, or when it has asked the person. */
  wish?(wish: unknown): Promise<void>;
  /** Any setting may have changed. */
  settingsChanged(): void;
  /** Somebody looks at the dashboard: reads what that shows. */
  refresh?(): void;
}

/** What a part adds to the status bar. */
export interface PartStatus {
  /** Stands there instead of the state of flow, while something goes on that the person began. */
  readonly label?: StatusLabel;
  /** What has been wrong for days, as a sentence, and how a screen reader says it. */
  readonly trouble?: { readonly sentence: string; readonly spoken: string };
  /** What can be done about it, in the tooltip. */
  readonly links: readonly StatusLink[];
}

export interface StatusLabel {
  /** A codicon. */
  readonly icon: string;
  readonly text: string;
  /** What a screen reader says. */
  readonly spoken: string;
}

export interface StatusLink {
  readonly icon: string;
  readonly title: string;
  readonly command: CommandAction;
}
