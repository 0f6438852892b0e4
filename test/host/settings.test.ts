import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { SettingsSource } from '../../src/host/settings/settings.ts';
import { waitFor } from '../support/waitFor.ts';
import { defaultSettings } from '../support/knownSettings.ts';
import { configure, configureNothing } from './personalSettings.ts';

describe('SettingsSource', () => {
  let source: SettingsSource;
  let rejected: string[];
  const failures: unknown[] = [];

  beforeEach(() => {
    rejected = [];
    source = new SettingsSource(
      (name) => rejected.push(name),
      (error) => failures.push(error),
    );
  });

  afterEach(async () => {
    await configureNothing(source);
    source.dispose();
    assert.deepEqual(failures.splice(0), []);
  });

  it('starts with the defaults of package.json', () => {
    assert.deepEqual(source.current, defaultSettings);
    assert.deepEqual(rejected, []);
  });

  it('follows a change while the editor runs', async () => {
    const heard: number[] = [];
    source.onDidChange(({ idleMinutes }) => heard.push(idleMinutes));
    await configure('session.idleMinutes', 12);
    await waitFor('the change', () => source.current.idleMinutes === 12);
    assert.equal(heard.at(-1), 12);
  });

  it('keeps the default for a value out of range, and names the setting', async () => {
    await configure('session.idleMinutes', 100_000);
    await waitFor('the rejection', () => rejected.includes('session.idleMinutes'));
    assert.equal(source.current.idleMinutes, 5);
  });

  it('keeps the default for a value of the wrong type', async () => {
    await configure('statusBar.display', { huge: true });
    await waitFor('the rejection', () => rejected.includes('statusBar.display'));
    assert.equal(source.current.statusBarDisplay, 'full');
  });

  it('hears nothing of the settings of others', async () => {
    let changes = 0;
    source.onDidChange(() => {
      changes += 1;
    });
    const others = vscode.workspace.getConfiguration('editor');
    try {
      await others.update('tabSize', 3, true);
      await configure('day.startHour', 5);
      await waitFor('our own change', () => source.current.dayStartHour === 5);
      assert.equal(changes, 1);
    } finally {
      await others.update('tabSize', undefined, true);
    }
  });

  it('takes a value that comes with an event which does not name it, and tells of nothing twice', () => {
    const values = new Map<string, unknown>([['statusBar.display', { huge: true }]]);
    let changed: (event: vscode.ConfigurationChangeEvent) => void = () => undefined;
    const configuration = { get: (name: string) => values.get(name) };
    const late = new SettingsSource(
      (name) => rejected.push(name),
      (error) => failures.push(error),
      {
        getConfiguration: () => configuration as unknown as vscode.WorkspaceConfiguration,
        onDidChangeConfiguration: (listener) => {
          changed = listener;
          return new vscode.Disposable(() => undefined);
        },
      },
    );
    const heard: string[] = [];
    late.onDidChange(({ backupFolder }) => heard.push(backupFolder));
    const unnamed = { affectsConfiguration: () => false };
    const told = rejected.length;
    assert.ok(told > 0);
    changed(unnamed);
    assert.deepEqual([heard, rejected.length], [[], told]);
    values.set('backup.folder', '/backups');
    changed(unnamed);
    assert.equal(late.current.backupFolder, '/backups');
    assert.deepEqual(heard, ['/backups']);
    late.dispose();
  });
});
