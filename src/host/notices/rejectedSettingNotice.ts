import * as vscode from 'vscode';
import type { Notices } from './notices.ts';

/** Says once which setting is out of range, and that its default holds. */
export function rejectedSettingNotice(notices: Notices): (name: string) => void {
  return (name) => {
    notices.warn(
      `setting.${name}`,
      vscode.l10n.t('The setting millrace.{0} is out of range; its default is used.', name),
      [
        {
          title: vscode.l10n.t('Open Settings'),
          run: () =>
            vscode.commands.executeCommand('workbench.action.openSettings', `millrace.${name}`),
        },
      ],
    );
  };
}
