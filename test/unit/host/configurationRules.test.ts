import assert from 'node:assert/strict';
import { settingRules } from '../../../src/host/settings/configurationRules.ts';
import {
  formatConfiguration,
  parseConfiguration,
  previewConfiguration,
} from '../../../src/transfer/configuration.ts';
import { settingNames } from '../../support/knownSettings.ts';

describe('the rules for a configuration', () => {
  it('are there for every setting, and leave folders, ports and ways of blocking to each computer', () => {
    assert.deepEqual(
      settingRules.map(({ name }) => name).sort(),
      Object.values(settingNames).sort(),
    );
    for (const { name, isOfMachine } of settingRules) {
      const isPlace = /^(?:blocking|backup|sync)\.|folder$|port$/i.test(name);
      assert.equal(isOfMachine, isPlace, name);
    }
  });

  it('let through what another computer set, and nothing out of range', () => {
    const there = {
      settings: {
        'day.startHour': 6,
        'focus.blockedSites': { 'example.com': true },
        'backup.folder': '/backups',
      },
      layout: null,
    };
    const file = parseConfiguration(formatConfiguration(there, settingRules, 1));
    assert.ok(!('backup.folder' in file.settings));
    const bad = { ...file, settings: { ...file.settings, 'session.idleMinutes': 0 } };
    const here = { settings: { 'day.startHour': 6 }, layout: null };
    const preview = previewConfiguration(bad, here, settingRules, () => false);
    assert.deepEqual(
      preview.changes.map(({ name }) => name),
      ['focus.blockedSites'],
    );
    assert.equal(preview.same, 1);
    assert.deepEqual(preview.refused, [{ name: 'session.idleMinutes', reason: 'wrongType' }]);
  });
});
