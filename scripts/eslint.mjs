// Lints with eslint file by file, and says so with a dot each: the typed rules take minutes on a busy machine, and who waits
// sees that it goes on.
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { root } from './lib/processes.mjs';

// Each file is read once: no program is kept up to date for the next time.
process.env.TSESTREE_SINGLE_RUN = 'true';
const { ESLint } = await import('eslint');

const eslint = new ESLint({ cwd: root });
const results = [];
for (const file of sourcesIn(root)) {
  if (!(await eslint.isPathIgnored(file))) {
    results.push(...(await eslint.lintFiles([file])));
    process.stdout.write('.');
  }
}
const formatter = await eslint.loadFormatter('stylish');
process.stdout.write(`\n${await formatter.format(results)}`);
const faults = results.reduce((sum, result) => sum + result.errorCount + result.warningCount, 0);
process.exitCode = faults > 0 || results.length === 0 ? 1 : 0;

/** Every TypeScript file below a folder, but what packages, hidden folders and builds hold. */
function sourcesIn(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const full = path.join(folder, entry.name);
    if (entry.isDirectory()) {
      return /^(?:\.|node_modules$|dist$)/.test(entry.name) ? [] : sourcesIn(full);
    }
    return entry.name.endsWith('.ts') ? [full] : [];
  });
}
