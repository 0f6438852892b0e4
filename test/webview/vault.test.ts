import assert from 'node:assert/strict';
import type { VaultCondition } from '../../src/readings/vaultReading.ts';
import type { DataReading } from '../../src/readings/dataReading.ts';
import { WebviewBench, mount, visibleText, type OpenPage } from './browser.ts';
import { failingBackups, wellBackedUp } from './dataSnapshots.ts';
import { atMs, underCondition, zoneOffsetMinutes } from './snapshots.ts';

/** What the pane offers in each condition, and the action, or the preference, that a press of it asks for. */
const offered: Readonly<Record<VaultCondition, Readonly<Record<string, string>>>> = {
  starting: {},
  ready: {
    'Back up now': 'backUpNow',
    'Verify now': 'verifyVault',
    Lock: 'lockVault',
    'Rotate key…': 'rotateKey',
    'Recovery kit…': 'saveRecoveryKit',
    'Passphrase…': 'setPassphrase',
    'What opens it…': 'manageProtectors',
    'Backup folder…': 'chooseBackupFolder',
    'Restore…': 'restoreBackup',
    'Export…': 'exportData',
    'Import…': 'importData',
    'What is stored': 'storedShown true',
    'Erase…': 'eraseData',
    'Purge everything…': 'purgeVault',
  },
  locked: {
    'Unlock…': 'unlockVault',
    'Restore…': 'restoreBackup',
    'Purge everything…': 'purgeVault',
  },
  unwritable: { Lock: 'lockVault', 'Recovery kit…': 'saveRecoveryKit' },
  untrusted: { 'Trust it…': 'trustVault', 'Restore…': 'restoreBackup' },
  damaged: { 'Restore…': 'restoreBackup', 'Purge everything…': 'purgeVault' },
  unusable: {},
};

describe('VAULT', function () {
  this.timeout(60_000);
  let bench: WebviewBench;
  let stage: OpenPage;

  before(async () => {
    bench = await WebviewBench.start();
    stage = await bench.openStage();
  });

  after(async () => {
    await bench.stop();
  });

  const show = (tag: string, properties: Readonly<Record<string, unknown>>): Promise<void> =>
    mount(stage.page, { name: 'vault', tag, properties }, 360);

  for (const [condition, actions] of Object.entries(offered)) {
    it(`offers what can be done while ${condition}, and no more`, async () => {
      // `Object.entries` widens the keys of a record of conditions.
      const { vault } = underCondition(condition as VaultCondition);
      await show('millrace-vault', { vault, atMs, zoneOffsetMinutes, open: true });
      const buttons = stage.page.getByRole('button');
      const names = (await buttons.allInnerTexts()).map((name) => name.trim());
      assert.deepEqual(
        names.filter((name) => name !== 'VAULT'),
        Object.keys(actions),
      );
      for (const name of Object.keys(actions)) {
        await stage.page.getByRole('button', { name, exact: true }).press('Enter');
      }
      assert.deepEqual(
        await stage.page.evaluate(() => window.stage.heard()),
        Object.values(actions).map((action) =>
          action.includes(' ') ? action : `action ${action}`,
        ),
      );
    });
  }

  it('offers to unlock in the notice, and says with what', async () => {
    const { vault } = underCondition('locked');
    await show('millrace-notice', { vault });
    const seen = await visibleText(stage.page);
    assert.ok(seen.includes('passphrase or the recovery kit'), seen);
    assert.ok(seen.includes('No key for this vault was found'), seen);
    await stage.page.getByRole('button', { name: 'Unlock…' }).press('Enter');
    assert.deepEqual(await stage.page.evaluate(() => window.stage.heard()), ['action unlockVault']);
  });

  it('does not miss a key where the person has locked the vault', async () => {
    await show('millrace-notice', {
      vault: { ...underCondition('locked').vault, isWithheld: true },
    });
    const seen = await visibleText(stage.page);
    assert.ok(!seen.includes('No key for this vault was found'), seen);
    assert.ok(seen.includes('the key kept on this computer'), seen);
  });

  const showPane = (data: DataReading, open = true): Promise<void> =>
    show('millrace-vault', {
      ...{ vault: underCondition('ready').vault, data, atMs, zoneOffsetMinutes, open },
    });

  it('says where backups go, when the last was made, and that it was verified', async () => {
    await showPane(wellBackedUp);
    const seen = await visibleText(stage.page);
    assert.match(seen, /Backups go to\s+On the stick/);
    assert.match(seen, /Last backup\s+[^\n]*, verified/);
    assert.match(seen, /Synced through\s+Shared/);
    assert.doesNotMatch(seen, /fails|recovery kit still work/);
  });

  it('says since when backups fail, and why', async () => {
    await showPane(failingBackups);
    const seen = await visibleText(stage.page);
    assert.match(seen, /Backup fails\s+since [^\n]*The drive is missing\./);
    assert.doesNotMatch(seen, /verified/);
    await showPane(failingBackups, false);
    assert.match(await visibleText(stage.page), /unlocked, backups fail/);
  });

  it('asks quietly after the recovery kit, and takes a no', async () => {
    await showPane({ ...wellBackedUp, asksForKitCheck: true });
    assert.match(await visibleText(stage.page), /Does your recovery kit still work\?/);
    await stage.page.getByRole('button', { name: 'Check it…' }).press('Enter');
    await stage.page.getByRole('button', { name: 'Not now' }).press('Enter');
    assert.deepEqual(await stage.page.evaluate(() => window.stage.heard()), [
      'action checkRecoveryKit',
      'action postponeKitCheck',
    ]);
  });
});
