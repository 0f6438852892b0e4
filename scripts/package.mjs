// npm run package: builds for production and makes millrace-<version>.vsix.
import path from 'node:path';
import { installPackages } from './lib/install.mjs';
import { packageExtension, vsixFile } from './lib/package.mjs';
import { main, say, step } from './lib/say.mjs';

await main(async () => {
  await installPackages();
  const sizeBytes = await step('Packaging', packageExtension);
  say(`${path.basename(vsixFile)}: ${(sizeBytes / 1e6).toFixed(2)} MB`);
});
