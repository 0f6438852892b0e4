import { simulateUser, type SimulatedUser } from '../generator/generator.ts';
import { Random } from '../generator/random.ts';
import { scoreUser, type ScoredStep } from './scoredUser.ts';

/** Users that no training and no choice has seen: see training/train.ts. */
const plainSeed = 3_000_000;
const hardSeed = 4_000_000;
const noiseSeed = 5_000_000;
export const benchmarkUsers = 32;
const perUser = { sessions: 4, sessionHours: 2 };
/** Stretches of labels that noise turns over, and how far it moves their edges. */
const flipShare = 0.175;
const flipMs = 10 * 60_000;
const jitterMs = 2 * 60_000;

/** A simulated user with the steps that the shipped model made of them. */
export interface JudgedUser {
  readonly user: SimulatedUser;
  readonly steps: readonly ScoredStep[];
}

/** The plain variant: 32 users with four sessions of two hours. */
export function plainUsers(): JudgedUser[] {
  return usersFrom(plainSeed, 1);
}

/** The hard variant: flow is only half as far from normal. */
export function hardUsers(): JudgedUser[] {
  return usersFrom(hardSeed, 0.5);
}

/** What people would have told of their flow: 17.5 % of it wrong, and the edges moved by up to two minutes. */
export function noisyLabels(users: readonly JudgedUser[]): Map<ScoredStep, boolean> {
  const random = new Random(noiseSeed);
  const labels = new Map<ScoredStep, boolean>();
  for (const { user, steps } of users) {
    const moved = user.spans.map(({ state, startMs }) => ({
      isFlow: state === 'flow',
      startMs: startMs + (2 * random.uniform() - 1) * jitterMs,
    }));
    const flips = new Map<number, boolean>();
    for (const step of steps) {
      const block = Math.floor(step.wallMs / flipMs);
      const isFlipped = flips.get(block) ?? random.chance(flipShare);
      flips.set(block, isFlipped);
      const told = moved.findLast(({ startMs }) => startMs < step.wallMs)?.isFlow ?? false;
      labels.set(step, told !== isFlipped);
    }
  }
  return labels;
}

function usersFrom(seed: number, contrast: number): JudgedUser[] {
  return Array.from({ length: benchmarkUsers }, (_, index) => {
    const user = simulateUser(seed + index, { ...perUser, contrast });
    return { user, steps: scoreUser(user) };
  });
}
