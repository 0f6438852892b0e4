import * as v from 'valibot';

/** Whether every step counts (`npm run test:crash`), or each kind of step once (`npm test`). */
export const isLongForm = process.env['MILLRACE_TEST_FORM'] === 'long';

/** The title of a test that has both forms, by which `npm run test:crash` finds it. */
export function titleOfForms(title: string): string {
  return `${title} (${isLongForm ? 'long' : 'short'} form)`;
}

/** A step by its number, or the first one of a kind. */
export type KillPoint = number | string;

/** What a step does, whichever file it is: its name without ids, months and numbers. */
export function kindOfStep(step: string): string {
  return step.replace(/[0-9a-f]{8,}|\d+/g, '#');
}

/** How a process ended that was to be killed. */
export interface KilledRun {
  readonly wasKilled: boolean;
  /** The names of its steps; empty when it was killed. */
  readonly steps: readonly string[];
}

/** The names of the steps that such a process printed, among other things. */
export function stepsIn(output: string): readonly string[] {
  return v.parse(v.object({ steps: v.array(v.string()) }), JSON.parse(output)).steps;
}

/**
 * Runs a process again and again. In the long form it is killed at each step, the first one first, until there is none left; in the
 * short form at the first step, then not at all, which tells what kinds of steps there are, and then once at each other kind.
 * @param run prepares, runs the process, and judges what it left; `undefined`: it is not to be killed
 * @returns how many steps the work has
 * @throws {Error} when it was not killed at a kind of step that there is
 */
export async function killAtEachStep(
  run: (killAt: KillPoint | undefined) => Promise<KilledRun>,
): Promise<number> {
  let count = 0;
  if (isLongForm) {
    while ((await run(count)).wasKilled) {
      count++;
    }
    return count;
  }
  await demandKilled(run, 0);
  const { steps } = await run(undefined);
  for (const kind of [...new Set(steps.map(kindOfStep))].slice(1)) {
    await demandKilled(run, kind);
  }
  return steps.length;
}

async function demandKilled(
  run: (killAt: KillPoint) => Promise<KilledRun>,
  killAt: KillPoint,
): Promise<void> {
  if (!(await run(killAt)).wasKilled) {
    throw new Error(`It came to no such step: ${killAt}`);
  }
}
