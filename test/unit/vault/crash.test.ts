import assert from 'node:assert/strict';
import { runCrashTest } from '../../crash/crashRun.ts';
import { temporaryFolder } from '../../support/vaultTools.ts';

/** The short form: each of the six lives ends some five times. `npm run test:crash` has the long one. */
describe('vault under kill -9', function () {
  this.timeout(600_000);

  for (const lock of [true, false]) {
    it(`loses and doubles nothing with the compaction lock ${lock ? 'on' : 'off'}`, async () => {
      const { folder, remove } = await temporaryFolder();
      const result = await runCrashTest({ folder, kills: 30, lock });
      const { acknowledged, lost, doubled } = result;
      assert.deepEqual({ lost, doubled }, { lost: 0, doubled: 0 }, `see ${folder}`);
      assert.ok(acknowledged > 0, JSON.stringify(result));
      await remove();
    });
  }
});
