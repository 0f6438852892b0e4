import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { dashboardActions } from '../../../src/protocol/dashboard.ts';
import { commandIds } from '../../../src/host/commandIds.ts';
import { defaultSettings, readSettings, settingNames } from '../../../src/host/settingValues.ts';
import { repositoryRoot } from '../../support/repositoryRoot.ts';

interface Manifest {
  readonly contributes: {
    readonly commands: { readonly command: string; readonly category?: string }[];
    readonly walkthroughs: {
      readonly steps: { readonly media: { readonly svg: string; readonly altText: string } }[];
    }[];
    readonly configuration: {
      readonly properties: Record<
        string,
        { readonly default: unknown; readonly minimum?: number; readonly maximum?: number }
      >;
    };
  };
}

const text = readFileSync(path.join(repositoryRoot, 'package.json'), 'utf8');
const manifest = JSON.parse(text) as Manifest;
const words = JSON.parse(
  readFileSync(path.join(repositoryRoot, 'package.nls.json'), 'utf8'),
) as Record<string, string>;

describe('package.json', () => {
  it('offers exactly the commands of the table, each in the category', () => {
    const offered = manifest.contributes.commands.map(({ command }) => command).sort();
    assert.deepEqual(offered, Object.values(commandIds).sort());
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
    const ids: readonly string[] = Object.values(commandIds);
    const links = [...JSON.stringify(words).matchAll(/\(command:([\w.]+)\)/g)];
    const events = [...text.matchAll(/"onCommand:([\w.]+)"/g)];
    assert.ok(links.length > 0 && events.length > 0);
    for (const [, id] of [...links, ...events]) {
      assert.ok(id !== undefined && ids.includes(id), id);
    }
  });

  it('offers the dashboard nothing that is no command', () => {
    for (const action of dashboardActions) {
      assert.ok(action in commandIds, action);
    }
  });

  it('has exactly the settings that are read, with the same defaults', () => {
    const { properties } = manifest.contributes.configuration;
    const read = Object.fromEntries(
      Object.entries(settingNames).map(([key, name]) => [
        `millrace.${name}`,
        defaultSettings[key as keyof typeof settingNames],
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
    });
    assert.deepEqual(settings, {
      statusBarDisplay: 'off',
      idleMinutes: 12.5,
      dayStartHour: 0,
      vaultFolder: '/somewhere',
      autoLockMinutes: 30,
      asksForFeedback: false,
      hintsAtRhythm: true,
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
      ['vault.folder', ['relative/folder', '~/vault', 7, null]],
    ] as const) {
      for (const value of bad) {
        const { settings, rejected } = read({ [name]: value });
        assert.deepEqual(settings, defaultSettings);
        assert.deepEqual(rejected, [name]);
      }
    }
  });

  it('accepts exactly the bounds that package.json names', () => {
    for (const [name, property] of Object.entries(manifest.contributes.configuration.properties)) {
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
