import { writeFileSync } from 'node:fs';
import Mocha from 'mocha';

/**
 * Mocha's usual output, and the counts in a file at the very end: a run without the file did not finish.
 * The file's name stands in MILLRACE_TEST_RESULT.
 */
export default class CountingReporter extends Mocha.reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    runner.once(Mocha.Runner.constants.EVENT_RUN_END, () => {
      const { passes: passed, failures: failed, pending: skipped } = runner.stats;
      writeFileSync(process.env.MILLRACE_TEST_RESULT, JSON.stringify({ passed, failed, skipped }));
    });
  }
}
