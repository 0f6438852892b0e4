// npm test: installs what is missing, runs every suite, and closes with one line that counts all tests.
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { lintChecks, typeChecks } from './lib/checks.mjs';
import { findOnPath, findTool, installPackages, installTools } from './lib/install.mjs';
import { loadTypeScript } from './lib/loadTypeScript.mjs';
import { build, packageExtension } from './lib/package.mjs';
import { node, root } from './lib/processes.mjs';
import { main, PlainError, say, step } from './lib/say.mjs';

const help = `npm test [-- OPTIONS]
  --only SUITES   comma-separated: lint, types, build, unit, webview, blocking, host, e2e (the build is made when needed)
  --grep TEXT     only tests whose full name holds TEXT
  --desktop       run the host suite in a desktop VS Code: that of MILLRACE_VSCODE, else of the PATH, else
                  one that @vscode/test-electron downloads
  --help          this text`;

const suiteTimeoutMs = 10 * 60_000;

/**
 * @typedef {{ passed: number, failed: number, skipped: number, note?: string, skippedAsAWhole?: boolean }} Counts
 * @typedef {{ name: string, run: (options: Options) => Promise<Counts> }} Suite
 * @typedef {{ only: readonly string[], grep: string | undefined, desktop: boolean }} Options
 */

/** @type {readonly Suite[]} */
const suites = [
  { name: 'lint', run: () => runChecks(lintChecks) },
  { name: 'types', run: () => runChecks(typeChecks) },
  { name: 'build', run: (options) => runBuild(options) },
  { name: 'unit', run: (options) => runMocha('unit', options) },
  { name: 'webview', run: (options) => runMocha('webview', options) },
  { name: 'blocking', run: (options) => runBlocking(options) },
  { name: 'host', run: (options) => runHost(options) },
  // Most of their time these wait as a person would; two at a time take half of it.
  { name: 'e2e', run: (options) => runMocha('e2e', options, ['--parallel', '--jobs=2']) },
];

await main(async () => {
  const options = readOptions();
  if (options === undefined) {
    console.log(help);
    return;
  }
  await installPackages();
  const tools = ['chromium', 'age', 'sqlite3'].filter((tool) => isNeeded(tool, options));
  const missing = await installTools(tools);
  await installEditorWhereNeeded(options);

  const total = { passed: 0, failed: 0, skipped: 0 };
  const lines = [];
  const startMs = Date.now();
  for (const suite of suites.filter(({ name }) => options.only.includes(name))) {
    say(`\n== ${suite.name}`);
    const suiteStartMs = Date.now();
    const counts = await runGuarded(suite, options);
    total.passed += counts.passed;
    total.failed += counts.failed;
    total.skipped += counts.skipped;
    const seconds = Math.round((Date.now() - suiteStartMs) / 1000);
    lines.push(
      `${suite.name.padEnd(8)} ${describe(counts)} in ${seconds} s${counts.note ? `: ${counts.note}` : ''}`,
    );
    say(lines.at(-1));
  }

  console.log(`\n${lines.join('\n')}`);
  if (missing.length > 0) {
    console.log(
      `Missing on this machine: ${missing.join(', ')}; see the beginning of this output.`,
    );
  }
  console.log(`All suites took ${Math.round((Date.now() - startMs) / 1000)} s.`);
  console.log(describe(total));
  process.exitCode = total.failed > 0 ? 1 : 0;
});

/** @returns {Options | undefined} `undefined` when the help is asked for. */
function readOptions() {
  let values;
  try {
    ({ values } = parseArgs({
      options: {
        only: { type: 'string' },
        grep: { type: 'string' },
        desktop: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }));
  } catch (error) {
    throw new PlainError(`${error.message}\n\n${help}`);
  }
  if (values.help) {
    return undefined;
  }
  const names = suites.map(({ name }) => name);
  const only = values.only?.split(',') ?? names;
  const unknown = only.filter((name) => !names.includes(name));
  if (unknown.length > 0) {
    throw new PlainError(`There is no suite ${unknown.join(', ')}.\n\n${help}`);
  }
  const needsBuild = only.some((name) => ['unit', 'webview', 'host', 'e2e'].includes(name));
  return {
    only: needsBuild && !only.includes('build') ? ['build', ...only] : only,
    grep: values.grep,
    desktop: values.desktop,
  };
}

function isNeeded(tool, { only, desktop }) {
  return tool === 'chromium'
    ? only.includes('webview') ||
        only.includes('blocking') ||
        only.includes('e2e') ||
        (only.includes('host') && !desktop)
    : only.includes('unit') || only.includes('e2e');
}

/** Installs it once, before several tests at a time would. Where it can't run, the suites say so themselves. */
async function installEditorWhereNeeded({ only, desktop }) {
  const { installEditor, isServedEditorSupported } = await loadTypeScript(
    'test/realEditor/installEditor.ts',
  );
  if (isServedEditorSupported && (only.includes('e2e') || (only.includes('host') && !desktop))) {
    await step('Looking for the real VS Code of the tests', (tell) =>
      installEditor((part) => tell(`downloading and installing ${part}`)),
    );
  }
}

/** Turns whatever a suite throws, and a suite that ran no test, into a failure of that suite. */
async function runGuarded(suite, options) {
  try {
    const counts = await suite.run(options);
    return counts.passed + counts.failed > 0 || counts.skippedAsAWhole
      ? counts
      : { ...counts, failed: 1, note: counts.note ?? 'no test ran' };
  } catch (error) {
    say(error.stack ?? String(error));
    return { passed: 0, failed: 1, skipped: 0, note: 'did not run' };
  }
}

async function runChecks(checks) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const { name, args } of checks) {
    const { code } = await node(args, { timeoutMs: suiteTimeoutMs });
    say(`  ${name}: ${code === 0 ? 'ok' : 'failed'}`);
    counts[code === 0 ? 'passed' : 'failed'] += 1;
  }
  return counts;
}

/** Packages first, as the production build empties dist/. */
async function runBuild({ only }) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const parts = [
    ...(only.includes('e2e') ? [['package', packageExtension]] : []),
    ['build', () => build('--tests')],
  ];
  for (const [name, work] of parts) {
    try {
      await work();
      counts.passed += 1;
      say(`  ${name}: ok`);
    } catch (error) {
      counts.failed += 1;
      say(`  ${name}: ${error.message}`);
    }
  }
  return counts;
}

async function runMocha(suite, { grep }, mochaOptions = []) {
  return withResultFile(suite, (env) =>
    node(
      [
        path.join(root, 'node_modules/mocha/bin/mocha.js'),
        '--forbid-only',
        // A test that hangs must end; one on a busy machine must not. Those that need more say so.
        '--timeout=120000',
        ...mochaOptions,
        '--reporter',
        path.join(root, 'scripts/lib/countingReporter.mjs'),
        ...(grep ? ['--fgrep', grep] : []),
        `dist/test/${suite}/**/*.test.mjs`,
      ],
      { env, timeoutMs: suiteTimeoutMs },
    ),
  );
}

/** Blocking for real, in namespaces of its own; the whole suite stands for one test where that can't be. */
async function runBlocking({ grep }) {
  // It needs packages, which are installed only now.
  const { runBlockingTests } = await import('./blocking.mjs');
  let reason;
  const counts = await withResultFile('blocking', async (env) => {
    const result = await runBlockingTests({ short: true, grep, env, timeoutMs: suiteTimeoutMs });
    reason = result.skipped;
    return result;
  });
  return reason === undefined
    ? counts
    : { passed: 0, failed: 0, skipped: 1, note: reason, skippedAsAWhole: true };
}

/** Mocha inside a real extension host: of the served editor, or of a desktop VS Code. */
async function runHost({ desktop, grep }) {
  const { runHostSuite } = await loadTypeScript(
    desktop ? 'test/realEditor/runHostSuiteOnDesktop.ts' : 'test/realEditor/runHostSuite.ts',
  );
  return withResultFile('host', async (env) => {
    await runHostSuite({
      environment: { ...env, ...(grep ? { MILLRACE_TEST_GREP: grep } : {}) },
      say,
      timeoutMs: suiteTimeoutMs,
      vscodePath: process.env.MILLRACE_VSCODE ?? findOnPath('code') ?? findOnPath('codium'),
    });
    return { code: undefined };
  });
}

/** Runs a suite that leaves its counts in a file at its end, and reads them. @returns {Promise<Counts>} */
async function withResultFile(suite, work) {
  const file = path.join(root, '.cache/test-results', `${suite}.json`);
  mkdirSync(path.dirname(file), { recursive: true });
  rmSync(file, { force: true });
  const { code, timedOut } = await work({
    ...process.env,
    MILLRACE_TEST_RESULT: file,
    MILLRACE_CHROMIUM: findTool('chromium') ?? '',
  });
  let counts;
  try {
    counts = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return { passed: 0, failed: 1, skipped: 0, note: timedOut ? 'timed out' : 'did not finish' };
  }
  // Mocha counts what fails in a test; its exit code also knows what fails around them.
  const unseen = code !== undefined && code !== 0 && counts.failed === 0;
  return unseen ? { ...counts, failed: 1, note: 'failed outside its tests' } : counts;
}

function describe({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
