// npm run manifest: writes what the tables of the source say into package.json; with --check it only says so, and fails,
// when package.json is stale.
import { installPackages } from './lib/install.mjs';
import { main, PlainError, say } from './lib/say.mjs';

await main(async () => {
  await installPackages();
  const { freshManifest, writeManifest } = await import('./lib/manifest.mjs');
  if (!process.argv.includes('--check')) {
    say((await writeManifest()) ? 'package.json was written.' : 'package.json is up to date.');
  } else if ((await freshManifest()).isStale) {
    throw new PlainError('package.json is not what the tables say: npm run manifest writes it.');
  }
});
