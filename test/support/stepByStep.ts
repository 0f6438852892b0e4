/**
 * Skips the rest of a suite once one of its tests has failed, where each goes on from the last. To be called within
 * `describe`. Mocha's own bail would end the suites that run beside this one as well.
 */
export function stepByStep(): void {
  let hasFailed = false;
  beforeEach(function () {
    if (hasFailed) {
      this.skip();
    }
  });
  afterEach(function () {
    hasFailed ||= this.currentTest?.state === 'failed';
  });
}
