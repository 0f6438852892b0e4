import path from 'node:path';
import type * as vscode from 'vscode';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { FlowReading } from '../flow/flowReading.ts';
import type { KeystrokeRing } from '../tracking/keystrokeRing.ts';
import type { Tracker } from '../tracking/tracker.ts';
import { keysFolderName } from '../vault/folder/namedVault.ts';
import { Vault } from '../vault/vault.ts';
import { Feedback } from './recording/feedback.ts';
import type { Notices } from './notices/notices.ts';
import { RhythmHint } from './recording/rhythmHint.ts';
import { rhythmNotice } from './recording/rhythmNotice.ts';
import { keyStoreOf } from './vault/keys/secretProtector.ts';
import type { Settings } from './settings/settingTable.ts';
import { findVaultFolder } from './vault/vaultPlace.ts';

/** What a window is made of whose making needs to know where it runs. */

/** The vault that all windows share; nothing is opened yet. */
export function createVault(
  context: vscode.ExtensionContext,
  { vaultFolder }: Settings,
  clock: Clock,
  log: Log,
): Vault {
  const storage = context.globalStorageUri.fsPath;
  return new Vault({
    ...findVaultFolder(storage, vaultFolder),
    ...keyStoreOf(context.secrets, path.join(storage, keysFolderName)),
    keeperPath: context.asAbsolutePath('dist/keeper.js'),
    clock,
    log,
  });
}

/** What a service that learns from the person is made of. */
export interface LearningOptions {
  readonly context: vscode.ExtensionContext;
  readonly settings: Settings;
  readonly tracker: Tracker<FlowReading>;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly log: Log;
}

/** The rare question how absorbed somebody was. */
export function createFeedback(
  options: LearningOptions & { readonly dayStartHour: () => number },
): Feedback {
  return new Feedback({
    onDidStep: options.tracker.onDidStep,
    sink: options.vault,
    memory: options.context.globalState,
    clock: options.clock,
    dayStartHour: options.dayStartHour,
    isOn: options.settings.asksForFeedback,
    random: Math.random,
    log: options.log,
  });
}

/** The hint at an unusual rhythm, off unless somebody has turned it on. */
export function createRhythmHint(
  options: LearningOptions & { readonly ring: KeystrokeRing; readonly notices: Notices },
): RhythmHint {
  return new RhythmHint({
    ring: options.ring,
    onDidStep: options.tracker.onDidStep,
    vault: options.vault,
    clock: options.clock,
    log: options.log,
    notice: rhythmNotice(options.notices),
    memory: options.context.globalState,
    isOn: options.settings.hintsAtRhythm,
  });
}
