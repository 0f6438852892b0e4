// npm run test:crash: what takes too long for npm test. It kills windows with -9 at random moments and looks whether anything
// acknowledged is lost, and runs the long form of every unit test that has one.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { installPackages } from './lib/install.mjs';
import { loadTypeScript } from './lib/loadTypeScript.mjs';
import { build } from './lib/package.mjs';
import { node, root } from './lib/processes.mjs';
import { main, PlainError, say } from './lib/say.mjs';

const help = `npm run test:crash [-- OPTIONS]
  Random kills: four writers and two compactors on one vault, killed N times in all, first with the compaction
  lock and then without it. Nothing acknowledged may be lost or doubled.
  Long forms: every job that copies, restores, syncs, erases or purges is killed at each of its steps, and three
  devices sync by 1000 random schedules.
  --only WHAT   random or long; both when it is not given
  --kills N     how many random kills (default 1000)
  --no-lock     random kills without the compaction lock alone
  --help        this text`;

const parts = ['random', 'long'];

await main(async () => {
  const { values } = parseArgs({
    options: {
      kills: { type: 'string', default: '1000' },
      'no-lock': { type: 'boolean', default: false },
      only: { type: 'string', default: parts.join() },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(help);
    return;
  }
  const kills = Number(values.kills);
  if (!Number.isInteger(kills) || kills < 1) {
    throw new PlainError('--kills takes a whole number of 1 or more.');
  }
  const wanted = values.only.split(',');
  if (wanted.some((part) => !parts.includes(part))) {
    throw new PlainError(help);
  }
  await installPackages();
  if (wanted.includes('random')) {
    await killAtRandom(kills, values['no-lock'] ? [false] : [true, false]);
  }
  if (wanted.includes('long')) {
    await runLongForms();
  }
});

async function killAtRandom(kills, locks) {
  const { runCrashTest } = await loadTypeScript('test/crash/crashRun.ts');
  for (const lock of locks) {
    const folder = await mkdtemp(path.join(tmpdir(), 'millrace-crash-'));
    say(`${kills} kills, compaction lock ${lock ? 'on' : 'off'}`);
    const result = await runCrashTest({
      folder,
      kills,
      lock,
      onProgress: (done) => {
        if (done % 100 === 0) {
          say(`  ${done} kills`);
        }
      },
    });
    say(`  ${JSON.stringify(result)}`);
    if (result.lost > 0 || result.doubled > 0 || result.acknowledged === 0) {
      throw new PlainError(`Records were lost or doubled. The vault is left in ${folder}`);
    }
    await rm(folder, { recursive: true, force: true });
  }
}

/** The tests say in their titles which form they have. */
async function runLongForms() {
  await build('--tests');
  say('Long forms of the unit tests');
  const { code } = await node(
    [
      path.join(root, 'node_modules/mocha/bin/mocha.js'),
      '--forbid-only',
      '--fail-zero',
      '--timeout=0',
      '--fgrep=(long form)',
      'dist/test/unit/**/*.test.mjs',
    ],
    { env: { ...process.env, MILLRACE_TEST_FORM: 'long' } },
  );
  if (code !== 0) {
    throw new PlainError('A long form failed.');
  }
}
