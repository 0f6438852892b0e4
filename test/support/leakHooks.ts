import { trackDisposables } from '../../src/base/disposable.ts';

/** Where each store was made that is not disposed yet. */
const open = new Map<object, string>();
let running = 'outside of all tests';

/** Root hooks of the unit tests: they fail at their end when a test has left something undisposed. */
export const mochaHooks = {
  beforeAll(): void {
    trackDisposables({
      opened: (store) => {
        open.set(store, `${running}\n${new Error().stack?.split('\n').slice(3, 7).join('\n')}`);
      },
      closed: (store) => {
        open.delete(store);
      },
    });
  },

  beforeEach(this: Mocha.Context): void {
    running = this.currentTest?.fullTitle() ?? running;
  },

  afterAll(): void {
    trackDisposables(undefined);
    const leaks = [...open.values()];
    open.clear();
    if (leaks.length > 0) {
      throw new Error(`Not disposed: ${leaks.length}, made in\n${leaks.join('\n')}`);
    }
  },
};
