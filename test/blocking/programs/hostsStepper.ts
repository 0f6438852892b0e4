import { createUndoing } from '../../../src/focus/undoing.ts';

/**
 * Blocks or releases, and kills itself with SIGKILL at the step of the given number.
 * node hostsStepper.mjs STORAGE HOSTS-FILE block|release STEP
 */
const [storageFolder = '', hostsFile = '', action, stopAt] = process.argv.slice(2);
let count = 0;
const { hosts } = createUndoing({
  storageFolder,
  hostsFile,
  log: { info: () => {}, warn: () => {}, error: () => {} },
  step: () => {
    count += 1;
    if (count === Number(stopAt)) {
      process.kill(process.pid, 'SIGKILL');
    }
  },
});
if (action === 'block') {
  await hosts.block({
    sites: ['distraction.test', 'another-distraction.test'],
    deadlineMs: Date.now() + 600_000,
  });
} else {
  await hosts.release();
}
