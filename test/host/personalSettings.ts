import { isDeepStrictEqual } from 'node:util';
import * as vscode from 'vscode';
import type { SettingsSource } from '../../src/host/settings/settings.ts';
import { defaultSettings, settingNames } from '../support/knownSettings.ts';
import { waitFor } from '../support/waitFor.ts';

/** Sets one of the person's settings, by its name below `millrace.`; `undefined` for its default. */
export function configure(name: string, value: unknown): Thenable<void> {
  return vscode.workspace.getConfiguration('millrace').update(name, value, true);
}

/** Sets none of them any more, and waits until a source has heard of it: what came later would be taken for the next test's. */
export async function configureNothing(source: SettingsSource): Promise<void> {
  for (const name of Object.values(settingNames)) {
    await configure(name, undefined);
  }
  await waitFor('the defaults', () => isDeepStrictEqual(source.current, defaultSettings));
}
