import * as vscode from 'vscode';
import { focusSettingNames, type FocusSettings } from './focusSettingValues.ts';

/** Changes one of the person's own settings. The settings source hears of it as of every change. */
export async function writeFocusSetting<Key extends keyof FocusSettings>(
  key: Key,
  value: FocusSettings[Key],
): Promise<void> {
  await vscode.workspace
    .getConfiguration('millrace')
    .update(focusSettingNames[key], value, vscode.ConfigurationTarget.Global);
}
