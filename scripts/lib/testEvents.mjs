import { inspect } from 'node:util';

/**
 * What happens in a run of tests, as plain data, so that it can be told to another process.
 * @typedef {{ kind: 'began', path: readonly string[], limitMs: number, isHook: boolean }
 *   | { kind: 'limit', limitMs: number }
 *   | { kind: 'ended' }
 *   | { kind: 'passed', path: readonly string[], tookMs: number }
 *   | { kind: 'failed', path: readonly string[], words: string }
 *   | { kind: 'skipped', path: readonly string[] }} TestEvent
 */

/**
 * Tells at once of every test and hook of a mocha run that begins or ends, with the limit that it has.
 * @param {import('mocha').Runner} runner
 * @param {(event: TestEvent) => void} tell
 */
export function tellOfTests(runner, tell) {
  const began = (runnable, isHook) => {
    tell({ kind: 'began', path: runnable.titlePath(), limitMs: runnable.timeout(), isHook });
    // A test may set its limit in its first lines, which run after this event.
    setImmediate(() => tell({ kind: 'limit', limitMs: runnable.timeout() }));
  };
  runner.on('hook', (hook) => began(hook, true));
  runner.on('hook end', () => tell({ kind: 'ended' }));
  runner.on('test', (test) => began(test, false));
  runner.on('pass', (test) =>
    tell({ kind: 'passed', path: test.titlePath(), tookMs: test.duration ?? 0 }),
  );
  runner.on('fail', (runnable, error) =>
    tell({ kind: 'failed', path: runnable.titlePath(), words: describe(error) }),
  );
  runner.on('pending', (test) => tell({ kind: 'skipped', path: test.titlePath() }));
}

/** An error as a person wants to read it: its stack, and what caused it. */
function describe(error) {
  if (!(error instanceof Error)) {
    return inspect(error);
  }
  const cause = error.cause === undefined ? '' : `\nCause: ${describe(error.cause)}`;
  return `${error.stack ?? String(error)}${cause}`;
}
