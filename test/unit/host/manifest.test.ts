import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { dashboardActions } from '../../../src/protocol/dashboard.ts';
import { commandActions, commandId } from '../../../src/host/commandTable.ts';
import { readSettings } from '../../../src/host/settings/readSettings.ts';
import { repositoryRoot } from '../../support/repositoryRoot.ts';
import { defaultSettings, settingNames } from '../../support/knownSettings.ts';

interface Manifest {
  readonly contributes: {
    readonly commands: { readonly command: string; readonly category?: string }[];
    readonly walkthroughs: {
      readonly steps: { readonly media: { readonly svg: string; readonly altText: string } }[];
    }[];
    readonly configuration: readonly {
      readonly properties: Readonly<
        Record<
          string,
          { readonly default: unknown; readonly minimum?: number; readonly maximum?: number }
        >
      >;
    }[];
  };
}

const text = readFileSync(path.join(repositoryRoot, 'package.json'), 'utf8');
const manifest = JSON.parse(text) as Manifest;
/** The settings of all sections. */
const properties: Manifest['contributes']['configuration'][number]['properties'] = Object.assign(
  {},
  ...manifest.contributes.configuration.map((section) => section.properties),
);
const words = JSON.parse(
  readFileSync(path.join(repositoryRoot, 'package.nls.json'), 'utf8'),
) as Record<string, string>;

describe('package.json', () => {
  it('offers exactly the commands of the table, each in the category', () => {
    const offered = manifest.contributes.commands.map(({ command }) => command).sort();
    assert.deepEqual(offered, commandActions().map(commandId).sort());
    for (const { category } of manifest.contributes.commands) {
      assert.equal(category, 'Millrace');
    }
  });

  it('leads through at most five steps, each with a picture in the colours of the theme', () => {
    const [walkthrough, ...others] = manifest.contributes.walkthroughs;
    assert.ok(walkthrough);
    assert.equal(others.length, 0);
    assert.ok(walkthrough.steps.length <= 5);
    for (const { media } of walkthrough.steps) {
      const picture = readFileSync(path.join(repositoryRoot, media.svg), 'utf8');
      // Neither a colour of its own nor a style, which the page's policy would drop.
      assert.doesNotMatch(picture, /#[0-9a-f]{3,8}\b|rgb|style/i, media.svg);
      assert.match(words[media.altText.slice(1, -1)] ?? '', /\w/);
    }
  });

  it('leads only to commands that exist', () => {
    const ids: readonly string[] = commandActions().map(commandId);
    const links = [...JSON.stringify(words).matchAll(/\(command:([\w.]+)\)/g)];
    const events = [...text.matchAll(/"onCommand:([\w.]+)"/g)];
    assert.ok(links.length > 0 && events.length > 0);
    for (const [, id] of [...links, ...events]) {
      assert.ok(id !== undefined && ids.includes(id), id);
    }
  });

  it('offers the dashboard nothing that is no command', () => {
    for (const action of dashboardActions) {
      assert.ok(commandActions().includes(action), action);
    }
  });

  it('has exactly the settings that are read, with the same defaults', () => {
    const read = Object.fromEntries(
      Object.entries(settingNames).map(([key, name]) => [
        `millrace.${name}`,
        defaultSettings[key as keyof typeof defaultSettings],
      ]),
    );
    const declared = Object.fromEntries(
      Object.entries(properties).map(([name, property]) => [name, property.default]),
    );
    assert.deepEqual(declared, read);
  });

  it('has a text for every key, and a key for every text', () => {
    const used = new Set([...text.matchAll(/"%([\w.]+)%"/g)].map((match) => match[1]));
    assert.deepEqual([...used].sort(), Object.keys(words).sort());
  });
});

describe('readSettings', () => {
  const read = (values: Record<string, unknown>) => {
    const rejected: string[] = [];
    const settings = readSettings(
      (name) => values[name],
      (name) => rejected.push(name),
    );
    return { settings, rejected };
  };

  it('takes values in range', () => {
    const { settings, rejected } = read({
      'statusBar.display': 'off',
      'session.idleMinutes': 12.5,
      'day.startHour': 0,
      'vault.folder': '/somewhere',
      'vault.autoLockMinutes': 30,
      'feedback.ask': false,
      'rhythmHint.enabled': true,
      'focus.lengthMinutes': 25,
      'focus.breakMinutes': 5,
      'focus.suggestBreaks': false,
      'focus.protectFlow': ['holdNotices', 'blockList'],
      'focus.blockedSites': { 'example.com': true, 'example.org': false },
      'focus.blockedApps': { game: true },
      'focus.closeApps': ['game'],
      'blocking.companion.enabled': true,
      'blocking.companion.port': 50_000,
      'blocking.proxy.enabled': true,
      'blocking.proxy.port': 50_001,
      'blocking.hostsFile.enabled': true,
      'backup.folder': '/backups',
      'backup.schedule': 'off',
      'sync.folder': '\\\\server\\shared',
    });
    // Those that are not named here are read one by one in settingTable.test.ts.
    assert.deepEqual(settings, {
      ...defaultSettings,
      statusBarDisplay: 'off',
      idleMinutes: 12.5,
      dayStartHour: 0,
      vaultFolder: '/somewhere',
      autoLockMinutes: 30,
      asksForFeedback: false,
      hintsAtRhythm: true,
      focusMinutes: 25,
      breakMinutes: 5,
      suggestsBreaks: false,
      flowProtections: ['holdNotices', 'blockList'],
      blockedSites: { 'example.com': true, 'example.org': false },
      blockedApps: { game: true },
      closedApps: ['game'],
      companionIsOn: true,
      companionPort: 50_000,
      proxyIsOn: true,
      proxyPort: 50_001,
      hostsFileIsOn: true,
      backupFolder: '/backups',
      backupSchedule: 'off',
      syncFolder: '\\\\server\\shared',
    });
    assert.deepEqual(rejected, []);
  });

  it('takes the default for everything else, and names it', () => {
    for (const [name, bad] of [
      ['statusBar.display', ['FULL', 1, null, {}]],
      ['session.idleMinutes', [0, 61, NaN, Infinity, '5', null]],
      ['day.startHour', [-1, 24, 4.5, '4', null]],
      ['vault.autoLockMinutes', [-1, 1441, NaN, '30', null]],
      ['feedback.ask', ['yes', 1, null]],
      ['rhythmHint.enabled', ['on', 1, null]],
      ['focus.lengthMinutes', [0, 721, 2.5, '50', null]],
      ['focus.breakMinutes', [0, 721, 2.5, '5', null]],
      ['focus.suggestBreaks', ['yes', 1, null]],
      ['focus.protectFlow', [['everything'], 'holdNotices', { holdNotices: true }, null]],
      ['focus.blockedSites', [['example.com'], { 'example.com': 1 }, { '': true }, 'x', null]],
      ['focus.blockedApps', [['game'], { game: 'yes' }, { ['x'.repeat(256)]: true }, null]],
      ['focus.closeApps', [{ game: true }, [1], [''], 'game', null]],
      ['blocking.companion.enabled', ['on', 1, null]],
      ['blocking.companion.port', [80, 1023, 65_536, 2000.5, '47148', null]],
      ['blocking.proxy.enabled', ['on', 1, null]],
      ['blocking.proxy.port', [0, 65_536, '47147', null]],
      ['blocking.hostsFile.enabled', ['on', 1, null]],
      ['vault.folder', ['relative/folder', '~/vault', 7, null]],
      ['backup.folder', ['backups', '~/backups', 7, null]],
      ['backup.schedule', ['hourly', true, null]],
      ['sync.folder', ['shared', './shared', 7, null]],
    ] as const) {
      for (const value of bad) {
        const { settings, rejected } = read({ [name]: value });
        assert.deepEqual(settings, defaultSettings);
        assert.deepEqual(rejected, [name]);
      }
    }
  });

  it('accepts exactly the bounds that package.json names', () => {
    for (const [name, property] of Object.entries(properties)) {
      const own = name.replace('millrace.', '');
      for (const bound of [property.minimum, property.maximum]) {
        if (bound !== undefined) {
          assert.deepEqual(read({ [own]: bound }).rejected, []);
        }
      }
      for (const beyond of [(property.minimum ?? NaN) - 1, (property.maximum ?? NaN) + 1]) {
        if (!Number.isNaN(beyond)) {
          assert.deepEqual(read({ [own]: beyond }).rejected, [own]);
        }
      }
    }
  });
});
