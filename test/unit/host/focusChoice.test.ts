import assert from 'node:assert/strict';
import { waysThatAreOn } from '../../../src/focus/sites/blockWayFacts.ts';
import { blockChoiceOf, blockingChoiceOf } from '../../../src/host/focus/blocking/focusChoice.ts';
import type { FocusSettings } from '../../../src/host/settings/settingTable.ts';
import { defaultSettings } from '../../support/knownSettings.ts';

const none: ReadonlySet<string> = new Set();
const withSettings = (changed: Partial<FocusSettings>): FocusSettings => ({
  ...defaultSettings,
  ...changed,
});

describe('What the settings block', () => {
  it('is nothing unless somebody says so', () => {
    assert.deepEqual(blockChoiceOf(defaultSettings, none), {
      sites: [],
      apps: [],
      methods: [],
    });
    assert.deepEqual(blockingChoiceOf(defaultSettings, none), {
      companionPort: undefined,
      proxyPort: undefined,
      sites: [],
    });
  });

  it('is the sites that are on, as names', () => {
    const settings = withSettings({
      blockedSites: { 'https://www.Example.com/path': true, 'off.example': false, 'a.test': true },
    });
    assert.deepEqual(blockChoiceOf(settings, none).sites, ['a.test', 'example.com']);
    assert.deepEqual(blockingChoiceOf(settings, none).sites, ['a.test', 'example.com']);
  });

  it('is never this machine, an address, a wildcard, or what the connections need', () => {
    const settings = withSettings({
      blockedSites: {
        localhost: true,
        '127.0.0.1': true,
        '*.example.com': true,
        'printer.local': true,
        'example.com': true,
        'example.org': true,
      },
    });
    const needed = new Set(['build.example.com']);
    assert.deepEqual(blockChoiceOf(settings, needed).sites, ['example.org']);
    assert.deepEqual(blockingChoiceOf(settings, needed).sites, ['example.org']);
  });

  it('warns about apps, and ends only those that were opted in, whatever the case', () => {
    const settings = withSettings({
      blockedApps: { Game: true, chat: true, off: false, bash: true },
      closedApps: ['game.exe', 'off'],
    });
    assert.deepEqual(blockChoiceOf(settings, none).apps, [
      { name: 'Game', action: 'end' },
      { name: 'chat', action: 'warn' },
    ]);
  });

  it('uses the ways that are on, with their ports', () => {
    const all = withSettings({ companionIsOn: true, proxyIsOn: true, hostsFileIsOn: true });
    assert.deepEqual(waysThatAreOn(all), ['companion', 'proxy', 'hosts']);
    assert.deepEqual(waysThatAreOn(withSettings({ hostsFileIsOn: true })), ['hosts']);
    const { companionPort, proxyPort } = blockingChoiceOf(
      { ...all, companionPort: 50_000, proxyPort: 50_001 },
      none,
    );
    assert.deepEqual([companionPort, proxyPort], [50_000, 50_001]);
  });
});
