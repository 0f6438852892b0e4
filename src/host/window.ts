import type * as vscode from 'vscode';
import type { Clock } from '../base/clock.ts';
import type { DisposableStore } from '../base/disposable.ts';
import { runDetached, type Log } from '../base/log.ts';
import type { FlowEngine } from '../flow/detection/flowEngine.ts';
import type { FlowReading } from '../flow/flowReading.ts';
import type { KeystrokeRing } from '../tracking/keystrokeRing.ts';
import type { Tracker } from '../tracking/tracker.ts';
import { actionsOf } from './actions.ts';
import { registerCommands } from './registerCommands.ts';
import { createFeedback, createRhythmHint, createVault } from './createServices.ts';
import { dashboardSource } from './dashboard/dashboardSource.ts';
import { Dashboards } from './dashboard/dashboards.ts';
import { Presenter } from './dashboard/presenter.ts';
import { lazyParts } from './lazyParts.ts';
import { WindowParts } from './lazy/windowParts.ts';
import { holdInFlow } from './notices/holdInFlow.ts';
import type { Notices } from './notices/notices.ts';
import { PauseMark } from './recording/pauseMark.ts';
import { Pausing } from './recording/pausing.ts';
import type { SettingsSource } from './settings/settings.ts';
import { applySettings } from './applySettings.ts';
import { StatusBar } from './statusBar/statusBar.ts';
import { createStoredSource } from './stored/createStoredSource.ts';
import { DailyChores } from './vault/dailyChores.ts';
import { rescoreHistory } from './vault/rescoring.ts';
import { noticeVault } from './vault/vaultNotices.ts';
import { VaultReadings } from './vault/vaultReadings.ts';
import { VaultRecorder } from './vault/vaultRecorder.ts';

/** What is there from the first moment of a window on, and counts already. */
export interface CountingWindow {
  readonly context: vscode.ExtensionContext;
  /** Takes what is made; disposed with the window. */
  readonly store: DisposableStore;
  readonly notices: Notices;
  readonly settings: SettingsSource;
  readonly ring: KeystrokeRing;
  readonly engine: FlowEngine;
  readonly tracker: Tracker<FlowReading>;
  readonly clock: Clock;
  readonly log: Log;
  readonly output: vscode.LogOutputChannel;
}

/**
 * Builds what stores and shows what is counted, and joins it.
 * @returns what saves all that is not saved yet
 */
export function startWindow(window: CountingWindow): () => Promise<void> {
  const { context, store, notices, settings, ring, engine, tracker, clock, log, output } = window;
  const vault = store.add(createVault(context, settings.current, clock, log));
  const dayStartHour = (): number => settings.current.dayStartHour;
  const readings = store.add(new VaultReadings({ keeper: vault.keeper, clock, dayStartHour, log }));
  const pausing = new Pausing(tracker, new PauseMark(context.globalStorageUri.fsPath));
  const statusBar = store.add(new StatusBar(settings.current.statusBarDisplay));
  const learning = { context, settings: settings.current, tracker, vault, clock, log };
  const feedback = store.add(createFeedback({ ...learning, dayStartHour }));
  const rhythmHint = store.add(createRhythmHint({ ...learning, ring, notices }));
  const partWindow = { context, tracker, vault, notices, readings, clock, log };
  const windowParts = store.add(
    new WindowParts(lazyParts, { ...partWindow, settings: () => settings.current }),
  );
  const shown = { tracker, vault, readings, feedback, lazyParts: windowParts, clock, log };
  const presenter = store.add(new Presenter({ ...shown, statusBar }));
  const stored = store.add(createStoredSource({ ...shown, settings }));
  const source = dashboardSource({ ...shown, stored, presenter });
  const dashboards = { extensionUri: context.extensionUri, source, log };
  const dashboard = store.add(new Dashboards(dashboards));
  presenter.attach(dashboard);
  store.add(
    new VaultRecorder(tracker, vault, log, () => {
      presenter.refresh();
    }),
  );
  store.add(noticeVault(vault, notices));
  store.add(holdInFlow(tracker, notices));
  const { access } = vault;
  const targets = { ...shown, statusBar, presenter, notices, access, rhythmHint };
  store.add(applySettings(settings, targets));
  const actions = actionsOf({ ...shown, pausing, dashboard, log: output });
  store.add(registerCommands(actions, windowParts, log));
  store.add(pausing.watch(log));
  const chores = store.add(
    new DailyChores({
      ...{ engine, vault, clock, dayStartHour, log },
      isWorkedIn: () => tracker.session !== undefined,
      isLookedAt: () => dashboard.isVisible,
      rescore: () => rescoreHistory(vault),
    }),
  );

  presenter.draw();
  runDetached(log, 'Opening the vault', vault.start());
  chores.start();
  windowParts.start();
  return async () => {
    tracker.finish();
    await vault.close();
  };
}
