import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, realpath, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { settingRules } from '../../../src/host/settings/configurationRules.ts';
import { readSettings } from '../../../src/host/settings/readSettings.ts';
import type { SettingSchema } from '../../../src/host/settings/settingKinds.ts';
import {
  settingSections,
  settingTable,
  type Setting,
} from '../../../src/host/settings/settingTable.ts';
import {
  formatConfiguration,
  parseConfiguration,
  previewConfiguration,
  type Json,
} from '../../../src/transfer/configuration.ts';
import { defaultSettings, settingNames } from '../../support/knownSettings.ts';
import { repositoryRoot } from '../../support/repositoryRoot.ts';

interface Manifest {
  readonly capabilities: {
    readonly untrustedWorkspaces: {
      readonly supported: unknown;
      readonly restrictedConfigurations: readonly string[];
    };
  };
  readonly contributes: {
    readonly configuration: readonly {
      readonly title: string;
      readonly properties: Readonly<Record<string, SettingSchema & { readonly scope?: string }>>;
    }[];
  };
}

const manifest = JSON.parse(
  readFileSync(path.join(repositoryRoot, 'package.json'), 'utf8'),
) as Manifest;
const settings: readonly (readonly [string, Setting<unknown>])[] = Object.entries(settingTable);
const declared = manifest.contributes.configuration.flatMap(({ properties }) =>
  Object.entries(properties),
);
const declaredOf = (name: string) => declared.find(([one]) => one === `millrace.${name}`)?.[1];

/** Values that a schema lets through, none of them the usual one. */
function goodValues({ default: usual, kind }: Setting<unknown>): readonly Json[] {
  const { schema } = kind;
  const words = schema.enum ?? schema.items?.enum ?? ['one', 'another'];
  const numbers = [schema.minimum ?? NaN, schema.maximum ?? NaN];
  const values: Readonly<Record<SettingSchema['type'], readonly Json[]>> = {
    boolean: [!(usual === true)],
    string: schema.enum ?? ['/somewhere', 'C:\\somewhere', '\\\\server\\shared'],
    number: numbers,
    integer: numbers,
    array: [words, words.slice(0, 1)],
    object: [{ one: true, another: false }],
  };
  return values[schema.type].filter((value) => value !== usual);
}

/** Values that a schema does not let through. */
function badValues({ schema }: Setting<unknown>['kind']): readonly Json[] {
  const beyond = [(schema.minimum ?? NaN) - 1, (schema.maximum ?? NaN) + 1, 'many'];
  const values: Readonly<Record<SettingSchema['type'], readonly Json[]>> = {
    boolean: ['true', 1, []],
    string: ['some other word', 1, {}],
    number: beyond,
    integer: [...beyond, (schema.minimum ?? NaN) + 0.5],
    array: [[1], [''], 'one', { one: true }, Array.from({ length: 2_001 }, () => 'one')],
    object: [{ one: 1 }, { '': true }, ['one'], 'one'],
  };
  return [...values[schema.type], null];
}

describe('the table of settings', () => {
  it('has each setting in one section, under one name', () => {
    const listed = settingSections.flatMap((section) => Object.keys(section.settings));
    assert.deepEqual(listed.sort(), Object.keys(settingTable).sort());
    assert.equal(new Set(Object.values(settingNames)).size, settings.length);
  });

  it('stands in package.json, section by section, with what may be set where', () => {
    assert.deepEqual(
      manifest.contributes.configuration.map(({ title }) => title),
      settingSections.map(({ title }) => title),
    );
    assert.equal(declared.length, settings.length);
    for (const [, setting] of settings) {
      const { name, reach, kind } = setting;
      const { scope, ...property } = declaredOf(name) ?? assert.fail(name);
      assert.equal(scope ?? 'window', reach.scope, name);
      const { items, ...schema } = kind.schema;
      assert.deepEqual(property, { ...property, ...schema, default: setting.default }, name);
      assert.deepEqual(property.items, items && { ...property.items, ...items }, name);
    }
  });

  it('lets no workspace that is not trusted set what is restricted', () => {
    assert.deepEqual(
      [...manifest.capabilities.untrustedWorkspaces.restrictedConfigurations].sort(),
      settings
        .filter(([, { reach }]) => reach.isRestricted)
        .map(([, { name }]) => `millrace.${name}`)
        .sort(),
    );
    // What VS Code does not take from a workspace at all is named there as well.
    for (const [, { name, reach }] of settings) {
      assert.ok(reach.scope === 'window' || reach.isRestricted, name);
    }
  });

  it('gives each setting the scope that it has on this list, and no workspace that is not trusted a say in what is not harmless', () => {
    const scopes: Readonly<Record<string, 'application' | 'machine' | 'window'>> = {
      'millrace.statusBar.display': 'window',
      'millrace.session.idleMinutes': 'application',
      'millrace.day.startHour': 'application',
      'millrace.vault.folder': 'machine',
      'millrace.vault.autoLockMinutes': 'application',
      'millrace.feedback.ask': 'application',
      'millrace.rhythmHint.enabled': 'application',
      'millrace.backup.folder': 'machine',
      'millrace.backup.schedule': 'machine',
      'millrace.sync.folder': 'machine',
      'millrace.focus.lengthMinutes': 'application',
      'millrace.focus.breakMinutes': 'application',
      'millrace.focus.suggestBreaks': 'application',
      // Turns blocking on and closes apps: nothing that comes with a repository may.
      'millrace.focus.protectFlow': 'application',
      'millrace.focus.blockedSites': 'application',
      'millrace.focus.blockedApps': 'machine',
      'millrace.focus.closeApps': 'machine',
      'millrace.blocking.companion.enabled': 'machine',
      'millrace.blocking.companion.port': 'machine',
      'millrace.blocking.proxy.enabled': 'machine',
      'millrace.blocking.proxy.port': 'machine',
      'millrace.blocking.hostsFile.enabled': 'machine',
    };
    assert.deepEqual(
      Object.fromEntries(declared.map(([name, { scope }]) => [name, scope ?? 'window'])),
      scopes,
    );
    const { untrustedWorkspaces } = manifest.capabilities;
    assert.equal(untrustedWorkspaces.supported, 'limited');
    assert.deepEqual(
      [...untrustedWorkspaces.restrictedConfigurations].sort(),
      Object.keys(scopes)
        .filter((name) => scopes[name] !== 'window')
        .sort(),
    );
  });

  it('leaves nothing of the person or the record to a workspace', () => {
    // Whoever writes a repository writes its settings too; so each that they may set has its reason here.
    const harmless: Readonly<Record<string, string>> = {
      'millrace.statusBar.display': 'how one window looks, where somebody shows their screen',
    };
    for (const [name, { scope }] of declared) {
      const isForWorkspace = scope !== 'application' && scope !== 'machine';
      assert.equal(isForWorkspace, name in harmless, `${name}: ${scope ?? 'window'}`);
    }
  });

  for (const [key, setting] of settings) {
    const { name, kind, reach } = setting;
    const readAs = (value: unknown) => {
      const rejected: string[] = [];
      const read = readSettings(
        (one) => (one === name ? value : undefined),
        (one) => rejected.push(one),
      );
      return { read, rejected };
    };

    it(`${name} has a default that passes its own check`, () => {
      assert.ok(kind.check(setting.default));
      assert.deepEqual(readAs(setting.default), { read: defaultSettings, rejected: [] });
      assert.deepEqual(readAs(undefined), { read: defaultSettings, rejected: [] });
    });

    it(`${name} is read where it is in range; elsewhere it is told and its default holds`, () => {
      const good = goodValues(setting);
      assert.ok(good.length > 0);
      for (const value of good) {
        const expected = { ...defaultSettings, [key]: value };
        assert.deepEqual(readAs(value), { read: expected, rejected: [] });
      }
      for (const value of badValues(kind)) {
        assert.deepEqual(readAs(value), { read: defaultSettings, rejected: [name] });
      }
    });

    it(`${name} ${reach.isExported ? 'goes' : 'does not go'} to another computer`, () => {
      const rules = settingRules;
      const layoutIsTaken = () => false;
      for (const value of goodValues(setting)) {
        const present = { settings: { [name]: value }, layout: null };
        const file = parseConfiguration(formatConfiguration(present, rules, 1));
        assert.deepEqual(file.settings, reach.isExported ? present.settings : {});
        const nothing = { settings: {}, layout: null };
        const byHand = { ...file, settings: present.settings };
        const preview = previewConfiguration(byHand, nothing, rules, layoutIsTaken);
        assert.deepEqual(
          preview.changes,
          reach.isExported ? [{ name, from: undefined, to: value }] : [],
        );
        assert.deepEqual(preview.refused, reach.isExported ? [] : [{ name, reason: 'ofMachine' }]);
      }
      for (const value of badValues(kind)) {
        const byHand = { settings: { [name]: value }, layout: null };
        const file = parseConfiguration(formatConfiguration(byHand, rules, 1));
        const bad = { ...file, settings: byHand.settings };
        const preview = previewConfiguration(bad, byHand, rules, layoutIsTaken);
        assert.deepEqual(preview.refused, [
          { name, reason: reach.isExported ? 'wrongType' : 'ofMachine' },
        ]);
      }
    });
  }

  it('take a folder for what the system takes it for, with links before a way up', async function () {
    if (process.platform === 'win32') {
      this.skip();
    }
    const root = await realpath(await mkdtemp(path.join(tmpdir(), 'millrace-settings-')));
    try {
      await mkdir(path.join(root, 'real', 'inner'), { recursive: true });
      await symlink(path.join(root, 'real', 'inner'), path.join(root, 'link'), 'dir');
      const of = (value: string) =>
        readSettings(
          (name) => (name === 'vault.folder' ? value : undefined),
          () => undefined,
        ).vaultFolder;
      assert.equal(of(`${root}/link/../vault`), path.join(root, 'real', 'vault'));
      assert.equal(of(`${root}/link/vault/`), `${root}/link/vault/`);
      assert.equal(of(''), '');
    } finally {
      await rm(root, { recursive: true });
    }
  });
});
