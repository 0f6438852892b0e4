import assert from 'node:assert/strict';
import fc from 'fast-check';
import { SingleFlight } from '../../../src/base/singleFlight.ts';

/** One run of the job, which ends when the test says so. */
interface Run {
  readonly number: number;
  readonly end: (fails: boolean) => void;
}

/** A job that the test ends by hand, and what became of who asked for it. */
class Desk {
  readonly flight = new SingleFlight(() => this.#run());
  begun = 0;
  active: Run | undefined;
  readonly asked: Promise<void>[] = [];

  #run(): Promise<number> {
    assert.equal(this.active, undefined, 'two run at a time');
    this.begun += 1;
    const number = this.begun;
    return new Promise((resolve, reject) => {
      this.active = {
        number,
        end: (fails) => {
          this.active = undefined;
          if (fails) {
            reject(new Error(String(number)));
          } else {
            resolve(number);
          }
        },
      };
    });
  }

  ask(how: 'join' | 'runAfresh'): void {
    const { active, begun } = this;
    // One that has ended in this very turn may be joined still. A fresh one is always the next.
    const promised =
      how === 'runAfresh' ? [begun + 1] : active === undefined ? [begun, begun + 1] : [begun];
    const outcome = this.flight[how]().catch((error: unknown) => Number((error as Error).message));
    this.asked.push(
      outcome.then((number) => {
        assert.ok(promised.includes(number), `${how}: ${number}`);
      }),
    );
  }
}

type Step = 'join' | 'runAfresh' | 'end' | 'fail' | 'turn';

describe('SingleFlight', () => {
  it('never runs two at a time, and gives each who asks the run that was promised', async () => {
    const steps = fc.array(fc.constantFrom<Step[]>('join', 'runAfresh', 'end', 'fail', 'turn'), {
      maxLength: 30,
    });
    await fc.assert(
      fc.asyncProperty(steps, async (list) => {
        const desk = new Desk();
        let wanted = 0;
        for (const step of list) {
          if (step === 'join' || step === 'runAfresh') {
            wanted += 1;
            desk.ask(step);
          } else if (step === 'turn') {
            await Promise.resolve();
          } else {
            desk.active?.end(step === 'fail');
          }
        }
        const idle = desk.flight.idle();
        while (desk.flight.isBusy) {
          desk.active?.end(false);
          await new Promise(setImmediate);
        }
        await idle;
        await Promise.all(desk.asked);
        assert.ok(desk.begun <= wanted, 'more runs than wishes');
        assert.equal(desk.asked.length, wanted);
      }),
      { numRuns: 500 },
    );
  });

  it('shares one further run among all who want one while it runs', async () => {
    const desk = new Desk();
    desk.ask('join');
    desk.ask('runAfresh');
    desk.ask('runAfresh');
    desk.ask('join');
    assert.equal(desk.begun, 1);
    desk.active?.end(true);
    await new Promise(setImmediate);
    assert.equal(desk.begun, 2);
    desk.active?.end(false);
    await Promise.all(desk.asked);
    assert.equal(desk.begun, 2);
    assert.ok(!desk.flight.isBusy);
  });

  it('turns what a job throws at once into a rejection, and begins again', async () => {
    let runs = 0;
    const flight = new SingleFlight<void>(() => {
      runs += 1;
      throw new Error('at once');
    });
    await assert.rejects(flight.join(), /at once/);
    await assert.rejects(flight.runAfresh(), /at once/);
    assert.equal(runs, 2);
    assert.ok(!flight.isBusy);
  });
});
