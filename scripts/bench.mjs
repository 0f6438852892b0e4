// npm run bench: measures, and compares with the budgets of the design.
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { installPackages, installTools } from './lib/install.mjs';
import { build, packageExtension } from './lib/package.mjs';
import { node, root } from './lib/processes.mjs';
import { main, PlainError, say, step } from './lib/say.mjs';

const suites = readdirSync(path.join(root, 'test/bench'))
  .filter((file) => file.endsWith('.bench.ts'))
  .map((file) => file.slice(0, -'.bench.ts'.length));
const inTheRealEditor = ['activation', 'dashboard', 'typing'];
const withPackage = ['size', ...inTheRealEditor];

const help = `npm run bench [-- [SUITE ...] [--json]]
  Measures the suites named, or all, and prints a table. With --json and one suite: one JSON object
  {"suite", "figures": [{"name", "value", "unit", "budget", "ok"}]} on standard output and nothing else.
  Suites: ${suites.join(', ')}`;

await main(async () => {
  const options = readOptions();
  if (options === undefined) {
    console.log(help);
    return;
  }
  const { chosen, json } = options;
  await installPackages();
  if (chosen.some((suite) => inTheRealEditor.includes(suite))) {
    const missing = await installTools(['chromium']);
    if (missing.length > 0) {
      throw new PlainError(`${chosen.join(', ')} can't be measured without Chromium.`);
    }
  }
  await step('Building', async () => {
    if (chosen.some((suite) => withPackage.includes(suite))) {
      // First, as the production build empties dist/.
      await packageExtension();
    }
    await build('--tests');
  });
  const results = [];
  for (const suite of chosen) {
    results.push(await step(`Measuring ${suite}`, () => measure(suite)));
  }
  if (json) {
    console.log(JSON.stringify(results[0]));
  } else {
    printTable(results);
  }
});

function readOptions() {
  let values;
  let positionals;
  try {
    ({ values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }));
  } catch (error) {
    throw new PlainError(`${error.message}\n\n${help}`);
  }
  if (values.help) {
    return undefined;
  }
  const unknown = positionals.filter((name) => !suites.includes(name));
  if (unknown.length > 0) {
    throw new PlainError(`There is no benchmark ${unknown.join(', ')}.\n\n${help}`);
  }
  if (values.json && positionals.length !== 1) {
    throw new PlainError(`--json wants exactly one suite.\n\n${help}`);
  }
  return { chosen: positionals.length > 0 ? positionals : suites, json: values.json };
}

async function measure(suite) {
  const file = path.join(root, '.cache/bench', `${suite}.json`);
  mkdirSync(path.dirname(file), { recursive: true });
  rmSync(file, { force: true });
  const { code } = await node([
    '--expose-gc',
    path.join(root, 'scripts/lib/runBench.mjs'),
    suite,
    file,
  ]);
  if (code !== 0) {
    throw new PlainError(`The benchmark ${suite} failed.`);
  }
  return JSON.parse(readFileSync(file, 'utf8'));
}

function printTable(results) {
  const rows = results.flatMap(({ suite, figures }) =>
    figures.map(({ name, value, unit, budget, ok }) => [
      suite,
      name,
      `${format(value)} ${unit}`,
      budget === null ? '' : `${format(budget)} ${unit}`,
      budget === null ? '' : ok ? 'kept' : 'MISSED',
    ]),
  );
  const table = [['suite', 'figure', 'measured', 'budget', ''], ...rows];
  const widths = table[0].map((_, column) => Math.max(...table.map((row) => row[column].length)));
  for (const row of table) {
    const cells = row.map((cell, column) =>
      column === 2 || column === 3 ? cell.padStart(widths[column]) : cell.padEnd(widths[column]),
    );
    console.log(cells.join('  ').trimEnd());
  }
}

/** Three significant digits are more than these measurements can tell apart. */
function format(value) {
  return value === 0 || Math.abs(value) >= 100
    ? Math.round(value).toLocaleString('en')
    : String(Number(value.toPrecision(3)));
}
