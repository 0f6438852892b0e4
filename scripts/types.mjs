// npm run types: checks the types of every runtime, each with its own tsconfig.
import { installPackages } from './lib/install.mjs';
import { typeChecks } from './lib/checks.mjs';
import { node } from './lib/processes.mjs';
import { main, PlainError, say } from './lib/say.mjs';

await main(async () => {
  await installPackages();
  const failed = [];
  for (const { name, args } of typeChecks) {
    const { code } = await node(args);
    say(`${name}: ${code === 0 ? 'ok' : 'failed'}`);
    if (code !== 0) {
      failed.push(name);
    }
  }
  if (failed.length > 0) {
    throw new PlainError(`Type errors in ${failed.join(', ')}.`);
  }
});
