// npm run watch: builds the extension and checks the types of everything, again after each change, until Ctrl-C.
import { installPackages } from './lib/install.mjs';
import { node } from './lib/processes.mjs';
import { main, PlainError } from './lib/say.mjs';

await main(async () => {
  await installPackages();
  await Promise.race([
    node(['esbuild.mjs', '--watch']),
    node(['node_modules/typescript/bin/tsc', '-b', '--watch', '--preserveWatchOutput']),
  ]);
  throw new PlainError('One of the two watchers has ended.');
});
