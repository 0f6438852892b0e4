import { featureCount } from '../../../src/facts/flow.ts';
import type { FeedbackAnswer } from '../../../src/flow/model/personalModel.ts';
import { simulateUser, type SimulationOptions } from '../generator/generator.ts';
import type { Random } from '../generator/random.ts';
import { scoreUser, type ScoredStep } from './scoredUser.ts';

/** Ten minutes that somebody could be asked about. */
export interface Stretch {
  readonly day: number;
  readonly features: Float32Array;
  readonly isFlow: boolean;
}

const dayMs = 86_400_000;
const stretchSteps = 40;
const leastScored = 20;
const answersPerDay = 4;
/** People misjudge, and press the wrong key. */
const ratingNoise = 1.2;

/** The stretches of a simulated user, one after the other, those with a score for half of their time. */
export function stretchesOf(seed: number, options: SimulationOptions): Stretch[] {
  const steps = scoreUser(simulateUser(seed, options));
  const stretches: Stretch[] = [];
  for (let from = 0; from + stretchSteps <= steps.length; from += stretchSteps) {
    const part = steps.slice(from, from + stretchSteps);
    const day = dayOf(part[0]);
    const scored = part.filter(({ isScorable }) => isScorable);
    if (scored.length >= leastScored && dayOf(part.at(-1)) === day) {
      const features = new Float32Array(featureCount);
      for (const step of scored) {
        step.features?.forEach((value, at) => {
          features[at] = (features[at] ?? 0) + value / scored.length;
        });
      }
      const flow = part.filter(({ truth }) => truth === 'flow').length;
      stretches.push({ day, features, isFlow: 2 * flow > stretchSteps });
    }
  }
  return stretches;
}

/** What somebody answers about a stretch. @param isHonest false where the answer has nothing to do with it */
export function rate(isFlow: boolean, random: Random, isHonest: boolean): number {
  const feelsFlow = isHonest ? isFlow : random.chance(1 / 3);
  const rating = Math.round(random.normal(feelsFlow ? 5.8 : 3, ratingNoise));
  return Math.max(1, Math.min(7, rating));
}

/** Four answers a day. */
export function answersTo(
  stretches: readonly Stretch[],
  random: Random,
  isHonest: boolean,
): FeedbackAnswer[] {
  const days = [...new Set(stretches.map(({ day }) => day))];
  return days.flatMap((day) => {
    const ofDay = stretches.filter((stretch) => stretch.day === day);
    return Array.from({ length: Math.min(answersPerDay, ofDay.length) }, () => {
      const [stretch] = ofDay.splice(random.below(ofDay.length), 1);
      return {
        day,
        rating: rate(stretch?.isFlow === true, random, isHonest),
        features: stretch?.features ?? new Float32Array(featureCount),
      };
    });
  });
}

function dayOf(step: ScoredStep | undefined): number {
  return Math.floor((step?.wallMs ?? 0) / dayMs);
}
