/**
 * Called between any two steps that change something outside this process, with the step's name. Does nothing;
 * tests end the process there.
 */
export type StepHook = (step: string) => void;
export const noSteps: StepHook = () => {};
