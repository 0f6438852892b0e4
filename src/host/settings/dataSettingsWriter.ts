import * as vscode from 'vscode';
import { dataSettingNames, type DataSettings } from './dataSettingValues.ts';

/** Changes one of the person's own settings. The settings source hears of it as of every change. */
export async function writeDataSetting<Key extends keyof DataSettings>(
  key: Key,
  value: DataSettings[Key],
): Promise<void> {
  await vscode.workspace
    .getConfiguration('millrace')
    .update(dataSettingNames[key], value, vscode.ConfigurationTarget.Global);
}
