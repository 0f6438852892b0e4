// Trains the models that Millrace ships and writes src/flow/model/weights.ts. Takes about a minute; the same
// source makes the same bytes.
import { build } from 'esbuild';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import * as prettier from 'prettier';

const root = path.dirname(import.meta.dirname);
const bundle = path.join(root, '.cache/train/train.mjs');
const target = path.join(root, 'src/flow/model/weights.ts');

mkdirSync(path.dirname(bundle), { recursive: true });
await build({
  entryPoints: [path.join(root, 'test/support/training/train.ts')],
  bundle: true,
  platform: 'node',
  format: 'esm',
  outfile: bundle,
  logLevel: 'warning',
});
const { train, weightsFile } = await import(pathToFileURL(bundle).href);
const training = train((line) => {
  console.log(line);
});
const options = await prettier.resolveConfig(target);
writeFileSync(
  target,
  await prettier.format(weightsFile(training), { ...options, filepath: target }),
);
console.log(`wrote ${path.relative(root, target)}`);
