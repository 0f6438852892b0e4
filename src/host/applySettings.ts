import * as vscode from 'vscode';
import type { Disposable } from '../base/disposable.ts';
import type { Notices } from './notices/notices.ts';
import type { Presenter } from './dashboard/presenter.ts';
import type { SettingsSource } from './settings/settings.ts';
import type { Settings } from './settings/settingTable.ts';
import type { StatusBar } from './statusBar/statusBar.ts';
import type { VaultReadings } from './vault/vaultReadings.ts';

const minuteMs = 60_000;

export interface SettingsTargets {
  readonly statusBar: Pick<StatusBar, 'setDisplay'>;
  readonly tracker: { setIdleTime(idleMs: number): void };
  readonly readings: Pick<VaultReadings, 'clear'>;
  readonly presenter: Pick<Presenter, 'refresh'>;
  readonly notices: Pick<Notices, 'warn'>;
  readonly feedback: { setOn(isOn: boolean): void };
  readonly rhythmHint: { setOn(isOn: boolean): void };
  readonly lazyParts: { settingsChanged(): void };
  readonly access: { setAutoLock(afterMs: number | undefined): void };
}

/** Lets every changed setting take effect. */
export function applySettings(settings: SettingsSource, targets: SettingsTargets): Disposable {
  const { vaultFolder } = settings.current;
  let { asksForFeedback } = settings.current;
  const applyAutoLock = ({ autoLockMinutes }: Settings): void => {
    targets.access.setAutoLock(autoLockMinutes === 0 ? undefined : autoLockMinutes * minuteMs);
  };
  applyAutoLock(settings.current);
  return settings.onDidChange((now) => {
    targets.statusBar.setDisplay(now.statusBarDisplay);
    targets.tracker.setIdleTime(now.idleMinutes * minuteMs);
    applyAutoLock(now);
    if (now.asksForFeedback !== asksForFeedback) {
      asksForFeedback = now.asksForFeedback;
      targets.feedback.setOn(asksForFeedback);
    }
    targets.rhythmHint.setOn(now.hintsAtRhythm);
    targets.lazyParts.settingsChanged();
    targets.readings.clear();
    targets.presenter.refresh();
    if (now.vaultFolder !== vaultFolder) {
      targets.notices.warn(
        'vaultFolderChanged',
        vscode.l10n.t('The vault folder takes effect when the window is reloaded.'),
        [
          {
            title: vscode.l10n.t('Reload Window'),
            run: () => vscode.commands.executeCommand('workbench.action.reloadWindow'),
          },
        ],
      );
    }
  });
}
