import assert from 'node:assert/strict';
import { commandId } from '../../../src/host/commandTable.ts';
import { runDashboardAction } from '../../../src/host/dashboard/dashboardActions.ts';

const silent = { info: () => {}, warn: () => {}, error: () => {} };

describe('runDashboardAction', () => {
  it('answers at once for what asks the person something', async () => {
    const begun: string[] = [];
    await runDashboardAction(
      'purgeVault',
      (id) => {
        begun.push(id);
        return new Promise(() => {});
      },
      silent,
    );
    assert.deepEqual(begun, [commandId('purgeVault')]);
  });

  it('waits for the rest', async () => {
    let finish = (): void => {};
    let isDone = false;
    const running = runDashboardAction(
      'backUpNow',
      () =>
        new Promise<boolean>((resolve) => {
          finish = () => {
            resolve(true);
          };
        }),
      silent,
    ).then(() => {
      isDone = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(isDone, false);
    finish();
    await running;
  });

  it('fails when the command did, which has told the person already', async () => {
    await assert.rejects(runDashboardAction('backUpNow', () => Promise.resolve(false), silent));
    await runDashboardAction('rotateKey', () => Promise.resolve(false), silent);
  });

  it('logs what an action that nobody waits for throws', async () => {
    const logged: string[] = [];
    await runDashboardAction('unlockVault', () => Promise.reject(new Error('odd')), {
      ...silent,
      error: (message) => logged.push(message),
    });
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(logged, ['Action unlockVault failed']);
  });
});
