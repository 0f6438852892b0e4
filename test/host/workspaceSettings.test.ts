import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { readSettings } from '../../src/host/settings/readSettings.ts';
import type { SettingSchema } from '../../src/host/settings/settingKinds.ts';
import { SettingsSource } from '../../src/host/settings/settings.ts';
import { settingTable } from '../../src/host/settings/settingTable.ts';
import { writeSetting } from '../../src/host/settings/writeSetting.ts';
import { waitFor } from '../support/waitFor.ts';

/** A value other than the usual one, as somebody who writes a repository might put it there. */
function otherValue({ minimum, maximum, ...schema }: SettingSchema, usual: unknown): unknown {
  switch (schema.type) {
    case 'boolean':
      return usual !== true;
    case 'number':
    case 'integer':
      return usual === minimum ? maximum : minimum;
    case 'string':
      return schema.enum?.find((word) => word !== usual) ?? '/elsewhere';
    case 'array':
      return schema.items?.enum?.slice(0, 1) ?? ['game'];
    case 'object':
      return { 'bank.example': true };
  }
}

const others: Readonly<Record<string, unknown>> = Object.fromEntries(
  Object.values(settingTable).map(({ name, kind, default: usual }) => [
    name,
    otherValue(kind.schema, usual),
  ]),
);

/** What a repository says in `.vscode/settings.json`. */
describe("a workspace's settings", () => {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri ?? assert.fail('no workspace folder');
  const file = vscode.Uri.joinPath(folder, '.vscode/settings.json');
  const isHeard = (marker: string): boolean =>
    vscode.workspace.getConfiguration('millraceTest', folder).get('marker') === marker;
  let asItWas: Uint8Array | undefined;
  let source: SettingsSource;
  const failures: unknown[] = [];

  /** Writes the file and waits until the editor goes by it. */
  async function say(settings: Readonly<Record<string, unknown>>, marker: string): Promise<void> {
    const text = JSON.stringify({ ...settings, 'millraceTest.marker': marker });
    await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(text));
    await waitFor("the workspace's settings", () => isHeard(marker));
  }

  beforeEach(async () => {
    try {
      asItWas = await vscode.workspace.fs.readFile(file);
    } catch {
      asItWas = undefined;
    }
    source = new SettingsSource(
      (name) => failures.push(`${name} was rejected`),
      (error) => failures.push(error),
    );
  });

  afterEach(async () => {
    source.dispose();
    if (asItWas === undefined) {
      await vscode.workspace.fs.delete(file);
    } else {
      await vscode.workspace.fs.writeFile(file, asItWas);
    }
    await waitFor('the settings as they were', () => !isHeard('there'));
    await vscode.workspace
      .getConfiguration('millrace')
      .update('day.startHour', undefined, vscode.ConfigurationTarget.Global);
    assert.deepEqual(failures.splice(0), []);
  });

  it('change nothing but how a window looks, in the file of the workspace and of its folder', async () => {
    const expected = { ...source.current, statusBarDisplay: others['statusBar.display'] };
    const said = Object.fromEntries(
      Object.entries(others).map(([name, value]) => [`millrace.${name}`, value]),
    );
    await say({ ...said, '[plaintext]': said }, 'there');
    await waitFor('how the window looks', () => source.current.statusBarDisplay !== 'full');
    assert.deepEqual(source.current, expected);
    for (const scope of [
      folder,
      vscode.Uri.joinPath(folder, 'a.txt'),
      { languageId: 'plaintext' },
    ]) {
      const configuration = vscode.workspace.getConfiguration('millrace', scope);
      const read = readSettings(
        (name) => configuration.get<unknown>(name),
        (name) => failures.push(name),
      );
      assert.deepEqual(read, expected);
    }
  });

  it("do not stand in the way of the person's own", async () => {
    await say({ 'millrace.day.startHour': 23 }, 'there');
    await writeSetting('dayStartHour', 6);
    await waitFor('what the person set', () => source.current.dayStartHour === 6);
  });

  for (const { name, reach } of Object.values(settingTable)) {
    it(`${reach.scope === 'window' ? 'can' : 'can not'} be written with millrace.${name}`, async () => {
      const configuration = vscode.workspace.getConfiguration('millrace', folder);
      const targets = [
        vscode.ConfigurationTarget.Workspace,
        vscode.ConfigurationTarget.WorkspaceFolder,
      ];
      for (const target of targets) {
        const written = Promise.resolve(configuration.update(name, others[name], target));
        // Of folders within a workspace there is none of its own.
        if (reach.scope === 'window' && target === vscode.ConfigurationTarget.Workspace) {
          await written;
        } else {
          await assert.rejects(written, name);
        }
      }
      await say({}, 'there');
    });
  }
});
