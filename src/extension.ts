import { uptime } from 'node:os';
import { setImmediate as nextTurn } from 'node:timers/promises';
import * as vscode from 'vscode';
import { clockWithUptime } from './base/clock.ts';
import { DisposableStore } from './base/disposable.ts';
import { describeError } from './base/log.ts';
import { FlowEngine } from './flow/detection/flowEngine.ts';
import { createTracker } from './host/createTracker.ts';
import { Notices } from './host/notices/notices.ts';
import { noticeScreen } from './host/notices/noticeScreen.ts';
import { createOutputLog } from './host/outputLog.ts';
import { EditorListener } from './host/recording/editorListener.ts';
import { rejectedSettingNotice } from './host/notices/rejectedSettingNotice.ts';
import { SettingsSource } from './host/settings/settings.ts';
import { KeystrokeRing } from './tracking/keystrokeRing.ts';

/** Saves what is not saved yet, as the window closes. */
let saveAll: (() => Promise<void>) | undefined;

/**
 * Begins to count at once. What keeps it and shows it is loaded in a turn of its own, so that a window that starts is
 * held up twice for a little and not once for long. Loads no WebAssembly and waits for no secret.
 */
export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const output = vscode.window.createOutputChannel('Millrace', { log: true });
  const log = createOutputLog(output);
  context.subscriptions.push(output);
  const failed = (error: unknown): void => {
    log.error('A listener failed', describeError(error));
  };
  const clock = clockWithUptime(uptime);
  try {
    const store = new DisposableStore();
    context.subscriptions.push(store);
    const notices = store.add(
      new Notices({ screen: noticeScreen, memory: context.globalState, clock, log }),
    );
    const settings = store.add(new SettingsSource(rejectedSettingNotice(notices), failed));
    const ring = new KeystrokeRing();
    const engine = new FlowEngine(ring);
    const tracker = store.add(createTracker(ring, engine, settings.current, clock, log));
    store.add(tracker.takeFrom(store.add(new EditorListener(tracker, log))));

    await nextTurn();
    const beganMs = clock.monotonicMs();
    const { startWindow } = await import('./host/window.ts');
    if (!store.isDisposed) {
      const counting = { ring, engine, tracker };
      saveAll = startWindow({ context, store, notices, settings, ...counting, clock, log, output });
      log.info('Started', { heldMs: Math.round(clock.monotonicMs() - beganMs) });
    }
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
