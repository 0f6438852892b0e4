// npm test: installs what is missing, runs every suite, and closes with one line that counts all tests.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { lintChecks, typeChecks } from './lib/checks.mjs';
import { findOnPath, findTool, installPackages, installTools } from './lib/install.mjs';
import { JobQueue, Lane } from './lib/lanes.mjs';
import { loadTypeScript } from './lib/loadTypeScript.mjs';
import {
  jobsOf,
  prepareEndToEnd,
  prepareUnit,
  prepareWebview,
  secondsFile,
} from './lib/mochaSuites.mjs';
import { build, packageExtension } from './lib/package.mjs';
import { node, root } from './lib/processes.mjs';
import { main, PlainError, say, step } from './lib/say.mjs';
import { TestLog } from './lib/testLog.mjs';
import { TestReport } from './lib/testReport.mjs';

const help = `npm test [-- OPTIONS]
  --only SUITES   comma-separated: lint, types, build, unit, webview, blocking, host, e2e (the build is made when needed)
  --grep TEXT     only tests whose full name holds TEXT
  --clock TIME    the unit tests as if it were TIME now (2028-02-29T23:50, in the zone of TZ)
  --desktop       run the host suite in a desktop VS Code: that of MILLRACE_VSCODE, else of the PATH, else
                  one that @vscode/test-electron downloads
  --help          this text`;

/** A check ends by itself; this ends one that has said nothing for so long. */
const checkSilenceMs = 10 * 60_000;

/**
 * @typedef {{ only: readonly string[], grep: string | undefined, clock: string | undefined, desktop: boolean }} Options
 */

const suites = ['lint', 'types', 'build', 'unit', 'webview', 'blocking', 'host', 'e2e'];

await main(async () => {
  const options = readOptions();
  if (options === undefined) {
    console.log(help);
    return;
  }
  await installPackages();
  const tools = ['chromium', 'age', 'sqlite3', 'jq', 'openssl', 'xxd'].filter((tool) =>
    isNeeded(tool, options),
  );
  const missing = await installTools(tools);
  await installEditorWhereNeeded(options);

  const startMs = Date.now();
  const report = new TestReport(suites.filter((suite) => options.only.includes(suite)));
  const finishing = await runSideBySide(options, report);
  for (const { suite, finish } of finishing) {
    await finish().catch((error) => report.fail(suite, error.message));
  }

  const { lines, failed, closing } = report.close();
  console.log(`\n${lines.join('\n')}\n`);
  if (missing.length > 0) {
    console.log(
      `Missing on this machine: ${missing.join(', ')}; see the beginning of this output.`,
    );
  }
  keepSeconds(report.seconds);
  console.log(`All suites took ${Math.round((Date.now() - startMs) / 1000)} s.`);
  console.log(closing);
  process.exitCode = failed > 0 ? 1 : 0;
});

/**
 * Two kinds of work run side by side. What computes has a lane for each core. What waits most of its time, as a
 * person would, has lanes of its own, and comes first where both want the processor.
 * @returns what has to be done for each suite when all have ended
 */
async function runSideBySide(options, report) {
  const cores = os.availableParallelism();
  const computing = new JobQueue();
  const waiting = new JobQueue();
  const finishing = [];
  const { only } = options;
  if (only.includes('build')) {
    computing.add({
      run: async () => {
        await runBuild(options, report);
        await addTests();
      },
    });
  }
  for (const [suite, checks] of [
    ['lint', lintChecks],
    ['types', typeChecks],
  ]) {
    if (only.includes(suite)) {
      computing.add(...checks.map((check) => checkJob(suite, check, report)));
    }
  }
  if (!only.includes('build')) {
    await addTests();
  }

  async function addTests() {
    for (const [suite, queue, prepare] of [
      ['e2e', waiting, prepareEndToEnd],
      ['blocking', waiting, prepareBlockingSuite],
      ['unit', computing, prepareUnit],
      ['webview', computing, prepareWebview],
    ]) {
      if (!only.includes(suite)) {
        continue;
      }
      try {
        const prepared = await prepare(options);
        if (prepared.skipped !== undefined) {
          report.count(suite, { skipped: 1 });
          report.note(suite, prepared.skipped);
          continue;
        }
        queue.add(...jobsOf(suite, prepared, report, options.grep));
        if (prepared.finish !== undefined) {
          finishing.push({ suite, finish: prepared.finish });
        }
      } catch (error) {
        report.fail(suite, `did not run: ${error.stack ?? error}`);
      }
    }
    if (only.includes('host')) {
      waiting.add({ run: () => runHost(options, report) });
    }
    waiting.close();
    computing.close();
  }

  const lane = (queue) =>
    new Lane((suite, words) => {
      report.fail(suite, words);
    }).work(queue);
  await Promise.all([
    ...Array.from({ length: cores }, () => lane(computing)),
    ...Array.from({ length: Math.max(2, Math.ceil(cores / 2)) }, () => lane(waiting)),
  ]);
  return finishing;
}

/** @returns {Options | undefined} `undefined` when the help is asked for. */
function readOptions() {
  let values;
  try {
    ({ values } = parseArgs({
      options: {
        only: { type: 'string' },
        grep: { type: 'string' },
        clock: { type: 'string' },
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
  const only = values.only?.split(',') ?? suites;
  const unknown = only.filter((name) => !suites.includes(name));
  if (unknown.length > 0) {
    throw new PlainError(`There is no suite ${unknown.join(', ')}.\n\n${help}`);
  }
  if (values.clock !== undefined && Number.isNaN(Date.parse(values.clock))) {
    throw new PlainError(`--clock takes a time, and ${values.clock} is none.`);
  }
  const needsBuild = only.some((name) => ['unit', 'webview', 'host', 'e2e'].includes(name));
  return {
    only: needsBuild && !only.includes('build') ? ['build', ...only] : only,
    grep: values.grep,
    clock: values.clock,
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

function checkJob(suite, { name, args }, report) {
  return {
    run: async () => {
      const log = new TestLog(suite, name);
      report.begin(log);
      const { code, output, timedOut } = await node(args, {
        quiet: true,
        silenceMs: checkSilenceMs,
      });
      const tookMs = performance.now() - log.startMs;
      if (code !== 0) {
        log.write(output);
      }
      log.take(
        code === 0
          ? { kind: 'passed', path: [name], tookMs }
          : { kind: 'failed', path: [name], words: timedOut ? 'did not end' : 'failed' },
      );
      report.end(log);
    },
  };
}

/** Packages first, as the production build empties dist/. */
async function runBuild({ only }, report) {
  const log = new TestLog('build', 'the extension and its tests');
  report.begin(log);
  const parts = [
    ...(only.includes('e2e') ? [['package', packageExtension]] : []),
    ['build', () => build('--tests')],
  ];
  for (const [name, work] of parts) {
    const startMs = performance.now();
    try {
      await work();
      log.take({ kind: 'passed', path: [name], tookMs: performance.now() - startMs });
    } catch (error) {
      log.take({ kind: 'failed', path: [name], words: error.message });
    }
  }
  report.end(log);
}

/** Blocking for real, in namespaces of its own; the whole suite stands for one test where that can't be. */
async function prepareBlockingSuite() {
  // It needs packages, which are installed only now.
  const { prepareBlocking } = await import('./blocking.mjs');
  return prepareBlocking({ short: true });
}

/** Mocha inside a real extension host: of the served editor, or of a desktop VS Code. */
async function runHost({ desktop, grep }, report) {
  const log = new TestLog('host', desktop ? 'in a desktop VS Code' : 'in the served VS Code');
  report.begin(log);
  const file = path.join(root, '.cache/test-results/host.jsonl');
  mkdirSync(path.dirname(file), { recursive: true });
  rmSync(file, { force: true });
  const stalled = new AbortController();
  let read = 0;
  let hasEnded = false;
  const look = () => {
    const events = readEvents(file);
    for (const event of events.slice(read)) {
      if (event.kind === 'fileEnded') {
        hasEnded = true;
      } else {
        log.take(event);
      }
    }
    read = events.length;
    if (log.isStalled() && !stalled.signal.aborted) {
      log.noteStall();
      stalled.abort();
    }
  };
  const timer = setInterval(look, 250);
  try {
    const { runHostSuite } = await loadTypeScript(
      desktop ? 'test/realEditor/runHostSuiteOnDesktop.ts' : 'test/realEditor/runHostSuite.ts',
    );
    await runHostSuite({
      environment: {
        ...process.env,
        MILLRACE_TEST_EVENTS: file,
        MILLRACE_CHROMIUM: findTool('chromium') ?? '',
        ...(grep ? { MILLRACE_TEST_GREP: grep } : {}),
      },
      say: (line) => log.write(line),
      signal: stalled.signal,
      vscodePath: process.env.MILLRACE_VSCODE ?? findOnPath('code') ?? findOnPath('codium'),
    });
    look();
    if (!hasEnded && !stalled.signal.aborted) {
      log.noteFailure('The suite did not finish');
    }
  } catch (error) {
    if (!stalled.signal.aborted) {
      log.noteFailure(error.stack ?? String(error));
    }
  } finally {
    clearInterval(timer);
    report.end(log);
  }
}

/** The events that are in the file so far; the last line may be half written. */
function readEvents(file) {
  let text;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return [];
  }
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

/** So that the next run begins with what takes longest. */
function keepSeconds(seconds) {
  let known = {};
  try {
    known = JSON.parse(readFileSync(secondsFile, 'utf8'));
  } catch {
    // The first run of this clone.
  }
  mkdirSync(path.dirname(secondsFile), { recursive: true });
  writeFileSync(secondsFile, JSON.stringify({ ...known, ...Object.fromEntries(seconds) }));
}
