// Runs one benchmark in a process of its own, so that none warms up or burdens another.
// node --expose-gc scripts/lib/runBench.mjs SUITE RESULT-FILE
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './processes.mjs';

const [suite, file] = process.argv.slice(2);
const { run } = await import(
  pathToFileURL(path.join(root, 'dist/test/bench', `${suite}.bench.mjs`)).href
);
writeFileSync(file, JSON.stringify(await run()));
// A library's timer must not keep a finished measurement waiting.
process.exit(0);
