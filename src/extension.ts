import * as vscode from 'vscode';
import { systemClock as clock } from './base/clock.ts';
import { DisposableStore } from './base/disposable.ts';
import { describeError, runDetached } from './base/log.ts';
import { FlowEngine } from './flow/flowEngine.ts';
import { actionsOf } from './host/actions.ts';
import { registerCommands } from './host/commands.ts';
import {
  createData,
  createFeedback,
  createFocus,
  createRhythmHint,
  createTracker,
  createVault,
} from './host/createParts.ts';
import { createStoredSource } from './host/stored/createStoredSource.ts';
import { DailyChores } from './host/vault/dailyChores.ts';
import { dashboardSource } from './host/dashboard/dashboardSource.ts';
import { Dashboards } from './host/dashboard/dashboards.ts';
import { EditorListener } from './host/recording/editorListener.ts';
import { holdInFlow } from './host/notices/holdInFlow.ts';
import { Notices } from './host/notices/notices.ts';
import { noticeScreen } from './host/notices/noticeScreen.ts';
import { createOutputLog } from './host/outputLog.ts';
import { PauseMark } from './host/recording/pauseMark.ts';
import { Pausing } from './host/recording/pausing.ts';
import { Presenter } from './host/dashboard/presenter.ts';
import { rescoreHistory } from './host/vault/rescoring.ts';
import { SettingsSource } from './host/settings/settings.ts';
import { followSettings, rejectedSettingNotice } from './host/settingsFollowers.ts';
import { StatusBar } from './host/statusBar/statusBar.ts';
import { noticeVault } from './host/vault/vaultNotices.ts';
import { VaultReadings } from './host/vault/vaultReadings.ts';
import { VaultRecorder } from './host/vault/vaultRecorder.ts';
import { KeystrokeRing } from './tracking/keystrokeRing.ts';

/** Saves what is not saved yet, as the window closes. */
let saveAll: (() => Promise<void>) | undefined;

/** Builds the parts and joins them. Loads no WebAssembly and waits for no secret. */
export function activate(context: vscode.ExtensionContext): void {
  const output = vscode.window.createOutputChannel('Millrace', { log: true });
  const log = createOutputLog(output);
  context.subscriptions.push(output);
  const failed = (error: unknown): void => {
    log.error('A listener failed', describeError(error));
  };
  try {
    const store = new DisposableStore();
    context.subscriptions.push(store);
    const storage = context.globalStorageUri.fsPath;
    const notices = store.add(
      new Notices({ screen: noticeScreen, memory: context.globalState, clock, log }),
    );
    const settings = store.add(new SettingsSource(rejectedSettingNotice(notices), failed));

    const ring = new KeystrokeRing();
    const engine = new FlowEngine(ring);
    const tracker = store.add(createTracker(ring, engine, settings.current, clock, log));
    const vault = store.add(createVault(context, settings.current, clock, log));
    const dayStartHour = (): number => settings.current.dayStartHour;
    const readings = store.add(new VaultReadings({ vault, clock, dayStartHour, log }));
    const pausing = new Pausing(tracker, new PauseMark(storage));
    const statusBar = store.add(new StatusBar(settings.current.statusBarDisplay));
    const learning = { context, settings: settings.current, tracker, vault, clock, log };
    const feedback = store.add(createFeedback({ ...learning, dayStartHour }));
    const rhythmHint = store.add(createRhythmHint({ ...learning, ring, notices }));
    const focus = store.add(createFocus({ ...learning, settings, notices }));
    const data = store.add(createData({ ...learning, settings, notices, readings }));
    const shown = { tracker, vault, readings, feedback, focus, data, clock, log };
    const presenter = store.add(new Presenter({ ...shown, statusBar }));
    const stored = store.add(createStoredSource({ ...shown, settings }));
    const source = dashboardSource({ ...shown, stored, presenter });
    const dashboards = { extensionUri: context.extensionUri, source, log };
    const dashboard = store.add(new Dashboards(dashboards));
    presenter.attach(dashboard);
    store.add(new EditorListener(tracker, log));
    store.add(
      new VaultRecorder(tracker, vault, log, () => {
        presenter.refresh();
      }),
    );
    store.add(noticeVault(vault, notices));
    store.add(holdInFlow(tracker, notices));
    const { secrets } = vault;
    const followers = { ...shown, statusBar, presenter, notices, secrets, rhythmHint };
    store.add(followSettings(settings, followers));
    const actions = actionsOf({ ...shown, pausing, dashboard, log: output });
    store.add(registerCommands(actions, log));
    store.add(pausing.follow(log));
    const chores = store.add(
      new DailyChores({
        ...{ engine, vault, clock, dayStartHour, log },
        isLookedAt: () => dashboard.isVisible,
        rescore: () => rescoreHistory(vault),
      }),
    );

    saveAll = async () => {
      tracker.finish();
      await vault.close();
    };
    presenter.draw();
    runDetached(log, 'Opening the vault', vault.start());
    chores.start();
    focus.start();
    data.start();
  } catch (error) {
    failed(error);
    void vscode.window.showErrorMessage(
      vscode.l10n.t('Millrace could not start. Its log in the Output panel says more.'),
    );
    throw error;
  }
}

/** VS Code grants five seconds at most, and not always: everything was saved as it came. */
export async function deactivate(): Promise<void> {
  await saveAll?.();
}
