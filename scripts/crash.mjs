// npm run test:crash: kills windows with -9 at random moments and looks whether anything acknowledged is lost.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { loadTypeScript } from './lib/loadTypeScript.mjs';
import { main, PlainError, say } from './lib/say.mjs';

const help = `npm run test:crash [-- [--kills N] [--no-lock]]
  Four writers and two compactors on one vault, killed N times in all (default 1000), first with the compaction
  lock and then without it; --no-lock runs the second half alone.`;

await main(async () => {
  const { values } = parseArgs({
    options: {
      kills: { type: 'string', default: '1000' },
      'no-lock': { type: 'boolean', default: false },
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
  const { runCrashTest } = await loadTypeScript('test/crash/crashRun.ts');
  for (const lock of values['no-lock'] ? [false] : [true, false]) {
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
});
