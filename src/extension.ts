import { randomBytes } from 'node:crypto';
import path from 'node:path';
import * as vscode from 'vscode';
import { systemClock as clock } from './base/clock.ts';
import { DisposableStore } from './base/disposable.ts';
import { describeError, runDetached } from './base/log.ts';
import { FlowEngine } from './flow/flowEngine.ts';
import type { FlowReading } from './flow/flowReading.ts';
import { actionsOf } from './host/actions.ts';
import { registerCommands } from './host/commands.ts';
import { runDashboardAction } from './host/dashboardActions.ts';
import { DashboardView } from './host/dashboardView.ts';
import { EditorListener } from './host/editorListener.ts';
import { Notices } from './host/notices.ts';
import { createOutputLog } from './host/outputLog.ts';
import { PauseMark } from './host/pauseMark.ts';
import { Pausing } from './host/pausing.ts';
import { Presenter } from './host/presenter.ts';
import { protectorsFor } from './host/secretProtector.ts';
import { SettingsSource } from './host/settings.ts';
import { followSettings, rejectedSettingNotice } from './host/settingsFollowers.ts';
import { StatusBar } from './host/statusBar.ts';
import { noticeVault } from './host/vaultNotices.ts';
import { VaultReadings } from './host/vaultReadings.ts';
import { VaultRecorder } from './host/vaultRecorder.ts';
import { KeystrokeRing } from './tracking/keystrokeRing.ts';
import { Tracker } from './tracking/tracker.ts';
import { Vault } from './vault/vault.ts';

const minuteMs = 60_000;

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
    const notices = new Notices(context.globalState, log);
    const settings = store.add(new SettingsSource(rejectedSettingNotice(notices), failed));

    const ring = new KeystrokeRing();
    const tracker = store.add(
      new Tracker<FlowReading>({
        clock,
        ring,
        scorer: new FlowEngine(ring),
        newSessionId: () => randomBytes(16).toString('hex'),
        idleMs: settings.current.idleMinutes * minuteMs,
        focused: vscode.window.state.focused,
        active: vscode.window.state.active,
        onListenerError: failed,
      }),
    );
    const vault = store.add(
      new Vault({
        folder: settings.current.vaultFolder || path.join(storage, 'vault'),
        protectors: protectorsFor(context.secrets, path.join(storage, 'keys')),
        keeperPath: context.asAbsolutePath('dist/keeper.js'),
        clock,
        log,
      }),
    );
    const dayStartHour = (): number => settings.current.dayStartHour;
    const readings = store.add(new VaultReadings({ vault, clock, dayStartHour, log }));
    const pausing = new Pausing(tracker, new PauseMark(storage));
    const statusBar = store.add(new StatusBar(settings.current.statusBarDisplay));
    const presenter = store.add(new Presenter({ tracker, vault, readings, statusBar, clock }));
    const dashboard = store.add(
      new DashboardView(
        context.extensionUri,
        {
          current: () => presenter.dashboardState(),
          runAction: (action) =>
            runDashboardAction(action, (id) => vscode.commands.executeCommand(id), log),
          loadDay: (day) => readings.loadDay(day),
          becameVisible: () => {
            presenter.refresh();
          },
        },
        log,
      ),
    );
    presenter.attach(dashboard);

    store.add(new EditorListener(tracker, log));
    store.add(
      new VaultRecorder(tracker, vault, log, () => {
        presenter.refresh();
      }),
    );
    store.add(noticeVault(vault, notices));
    const { secrets } = vault;
    store.add(
      followSettings(settings, { statusBar, tracker, readings, presenter, notices, secrets }),
    );
    store.add(registerCommands(actionsOf({ pausing, vault, log: output }), log));
    store.add(pausing.follow(log));

    saveAll = async () => {
      tracker.finish();
      await vault.close();
    };
    presenter.draw();
    runDetached(log, 'Opening the vault', vault.start());
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
