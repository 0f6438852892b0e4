import * as vscode from 'vscode';
import { settingTable, type Settings } from './settingTable.ts';

/** Changes one of the person's own settings. The settings source hears of it as of every change. */
export async function writeSetting<Key extends keyof Settings>(
  key: Key,
  value: Settings[Key],
): Promise<void> {
  await vscode.workspace
    .getConfiguration('millrace')
    .update(settingTable[key].name, value, vscode.ConfigurationTarget.Global);
}
