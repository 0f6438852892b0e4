// The suites of test files that run in Node, each file in a process that it may share with others of its suite.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { findTool } from './install.mjs';
import { loadTypeScript } from './loadTypeScript.mjs';
import { beforeExit, root } from './processes.mjs';
import { TestLog } from './testLog.mjs';
import { TestProcess } from './testProcess.mjs';

const secondsFile = path.join(root, '.cache/test-results/seconds.json');

/**
 * What a suite needs before its files can run.
 * @typedef {object} Prepared
 * @property {string} folder of the test files
 * @property {(file: string) => boolean} [takes] which of them; all when left out
 * @property {import('./testProcess.mjs').TestProcessOptions} [options]
 * @property {() => Promise<void>} [finish] after the last file; throws when something is wrong
 */

/**
 * @param {{ clock?: string }} options `clock`: the time that it is to be for them
 * @returns {Promise<Prepared>}
 */
export async function prepareUnit({ clock }) {
  return {
    folder: path.join(root, 'dist/test/unit'),
    options: {
      inBackground: true,
      hooks: path.join(root, 'dist/test/support/leakHooks.mjs'),
      ...(clock !== undefined && { env: shiftedEnvironment(clock) }),
    },
  };
}

/** For processes whose clock is another; so is that of what they start. */
function shiftedEnvironment(clock) {
  const preload = pathToFileURL(path.join(root, 'test/support/shiftedClock.mjs')).href;
  const { NODE_OPTIONS = '' } = process.env;
  return {
    ...process.env,
    MILLRACE_TEST_CLOCK: clock,
    NODE_OPTIONS: `${NODE_OPTIONS} --import=${preload}`.trim(),
  };
}

/** One browser for all files; each has contexts of its own in it. @returns {Promise<Prepared>} */
export async function prepareWebview() {
  const executablePath = findTool('chromium');
  if (executablePath === undefined) {
    throw new Error('needs Chromium');
  }
  const { launchSharedChromium } = await loadTypeScript('test/webview/chromium.ts');
  const server = await launchSharedChromium(executablePath);
  beforeExit(() => server.close());
  return {
    folder: path.join(root, 'dist/test/webview'),
    options: {
      env: { ...process.env, MILLRACE_CHROMIUM_ENDPOINT: server.wsEndpoint() },
      inBackground: true,
    },
    finish: () => server.close(),
  };
}

/** @returns {Promise<Prepared>} */
export async function prepareEndToEnd() {
  return { folder: path.join(root, 'dist/test/e2e') };
}

/**
 * A job for each file of a suite, those first that took longest the last time.
 * @param {string} suite
 * @param {Prepared} prepared
 * @param {import('./testReport.mjs').TestReport} report
 * @param {string | undefined} grep
 * @returns {readonly import('./lanes.mjs').Job[]}
 */
export function jobsOf(suite, { folder, takes = () => true, options = {} }, report, grep) {
  const known = readSeconds();
  const bundles = path.join(root, 'dist/test/bundles');
  const start = () =>
    new TestProcess({
      ...options,
      env: {
        ...(options.env ?? process.env),
        MILLRACE_CHROMIUM: findTool('chromium') ?? '',
        MILLRACE_TEST_BUNDLES: bundles,
      },
      grep,
    });
  return readdirSync(folder, { recursive: true })
    .filter((file) => file.endsWith('.test.mjs') && takes(file))
    .map((file) => ({
      file,
      // A guess that only has to bring the long ones to the front.
      seconds: known[`${suite}/${file}`] ?? statSync(path.join(folder, file)).size / 1_000,
    }))
    .sort((a, b) => b.seconds - a.seconds)
    .map(({ file }) => ({
      run: async (lane) => {
        const process_ = await lane.processFor(suite, start);
        const log = new TestLog(suite, file);
        report.begin(log);
        await process_.run(path.join(folder, file), log);
        report.end(log);
      },
    }));
}

function readSeconds() {
  try {
    return JSON.parse(readFileSync(secondsFile, 'utf8'));
  } catch {
    // The first run of this clone.
    return {};
  }
}

export { secondsFile };
