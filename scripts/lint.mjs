// npm run lint: what looks at the source without running it, as in npm test.
import { lintChecks } from './lib/checks.mjs';
import { installPackages } from './lib/install.mjs';
import { node } from './lib/processes.mjs';
import { main, PlainError, say } from './lib/say.mjs';

await main(async () => {
  await installPackages();
  const failed = [];
  for (const { name, args } of lintChecks) {
    const { code } = await node(args);
    say(`${name}: ${code === 0 ? 'ok' : 'failed'}`);
    if (code !== 0) {
      failed.push(name);
    }
  }
  if (failed.length > 0) {
    throw new PlainError(`Faults found by ${failed.join(', ')}.`);
  }
});
