import assert from 'node:assert/strict';
import type { NoticeAction } from '../../src/host/notices/notices.ts';
import type { Settings } from '../../src/host/settings/settingTable.ts';
import { SettingsSource } from '../../src/host/settings/settings.ts';
import { applySettings } from '../../src/host/applySettings.ts';
import { waitFor } from '../support/waitFor.ts';
import { configure, configureNothing } from './personalSettings.ts';

/** What one setting is changed to, and what its part is told then. */
interface Effect {
  readonly name: string;
  readonly value: unknown;
  /** What the parts are told, the last time. */
  readonly told: Readonly<Record<string, unknown>>;
  /** What it is where parts read it when they need it. */
  readonly current?: Partial<Settings>;
}

/** What each part does with it then is a test of that part. */
const effects: readonly Effect[] = [
  { name: 'statusBar.display', value: 'iconOnly', told: { display: 'iconOnly' } },
  { name: 'session.idleMinutes', value: 12, told: { idleMs: 720_000 } },
  {
    name: 'day.startHour',
    value: 6,
    // What was read by another hour is gone, and read anew.
    told: { cleared: 'told', refreshed: 'told' },
    current: { dayStartHour: 6 },
  },
  {
    name: 'vault.folder',
    value: '/somewhere/else',
    told: { notice: 'vaultFolderChanged' },
    current: { vaultFolder: '/somewhere/else' },
  },
  { name: 'vault.autoLockMinutes', value: 3, told: { autoLockMs: 180_000 } },
  { name: 'feedback.ask', value: false, told: { asks: false } },
  { name: 'rhythmHint.enabled', value: true, told: { hints: true } },
  ...(
    [
      ['focus.lengthMinutes', 25, { focusMinutes: 25 }],
      ['focus.breakMinutes', 5, { breakMinutes: 5 }],
      ['focus.suggestBreaks', false, { suggestsBreaks: false }],
      ['focus.protectFlow', ['holdNotices'], { flowProtections: ['holdNotices'] }],
      ['focus.blockedSites', { 'a.example': true }, { blockedSites: { 'a.example': true } }],
      ['focus.blockedApps', { game: false }, { blockedApps: { game: false } }],
      ['focus.closeApps', ['game'], { closedApps: ['game'] }],
      ['blocking.companion.enabled', true, { companionIsOn: true }],
      ['blocking.companion.port', 50_001, { companionPort: 50_001 }],
      ['blocking.proxy.enabled', true, { proxyIsOn: true }],
      ['blocking.proxy.port', 50_002, { proxyPort: 50_002 }],
      ['blocking.hostsFile.enabled', true, { hostsFileIsOn: true }],
    ] as const
  ).map(([name, value, current]): Effect => ({ name, value, current, told: { focus: 'told' } })),
  ...(
    [
      ['backup.folder', '/backups', { backupFolder: '/backups' }],
      ['backup.schedule', 'off', { backupSchedule: 'off' }],
      ['sync.folder', '/shared', { syncFolder: '/shared' }],
    ] as const
  ).map(([name, value, current]): Effect => ({ name, value, current, told: { data: 'told' } })),
];

describe('every setting takes effect at once', () => {
  let source: SettingsSource;
  let following: { dispose(): void };
  let told: Record<string, unknown> = {};
  const failures: unknown[] = [];

  beforeEach(() => {
    source = new SettingsSource(
      (name) => failures.push(`${name} was rejected`),
      (error) => failures.push(error),
    );
    const tell =
      (name: string) =>
      (value: unknown = 'told'): void => {
        told[name] = value;
      };
    following = applySettings(source, {
      statusBar: { setDisplay: tell('display') },
      tracker: { setIdleTime: tell('idleMs') },
      readings: { clear: tell('cleared') },
      presenter: { refresh: tell('refreshed') },
      notices: {
        warn: (key: string, _message: string, actions: readonly NoticeAction[]) => {
          assert.equal(actions.length, 1);
          told['notice'] = key;
        },
      },
      feedback: { setOn: tell('asks') },
      rhythmHint: { setOn: tell('hints') },
      lazyParts: {
        settingsChanged: () => {
          tell('focus')();
          tell('data')();
        },
      },
      access: { setAutoLock: tell('autoLockMs') },
    });
    told = {};
  });

  afterEach(async () => {
    following.dispose();
    await configureNothing(source);
    source.dispose();
    assert.deepEqual(failures.splice(0), []);
  });

  for (const { name, value, told: expected, current = {} } of effects) {
    it(`millrace.${name}`, async () => {
      const before = { ...source.current };
      await configure(name, value);
      const changed = Object.keys(expected);
      await waitFor('the effect', () => changed.every((key) => key in told));
      assert.deepEqual(Object.fromEntries(changed.map((key) => [key, told[key]])), expected);
      const others = { ...before, ...source.current };
      for (const [key, now] of Object.entries(current)) {
        assert.deepEqual(Object.entries(others).find(([one]) => one === key)?.[1], now);
      }
    });
  }

  it('millrace.vault.autoLockMinutes, which 0 turns off', async () => {
    await configure('vault.autoLockMinutes', 3);
    await waitFor('the lock', () => told['autoLockMs'] === 180_000);
    await configure('vault.autoLockMinutes', 0);
    // Told without a time.
    await waitFor('no lock', () => told['autoLockMs'] === 'told');
  });
});
