import {
  classifyEdit,
  type Classification,
  type EditChange,
} from '../../src/tracking/editClassifier.ts';
import { EventKind } from '../../src/tracking/eventKind.ts';
import { KeystrokeRing } from '../../src/tracking/keystrokeRing.ts';
import { atMost, told, type SuiteResult } from '../support/figure.ts';
import { allocatedPerCall, percentile, timeEach } from '../support/percentile.ts';

/** What an hour of typing is made of, in about the shares that it has. */
const edits: readonly (readonly EditChange[])[] = [
  ...['a', 'e', ' ', ';', '()', '\n    '].map((text) => [{ text, rangeLength: 0 }]),
  [{ text: '', rangeLength: 1 }],
  [{ text: 'x', rangeLength: 4 }],
  [{ text: 'const value = compute();\n', rangeLength: 0 }],
  Array.from({ length: 5 }, () => ({ text: 'y', rangeLength: 0 })),
];

/** From the change event to the ring: our whole part in a key, but for the editor's own call. */
export function run(): Promise<SuiteResult> {
  const ring = new KeystrokeRing();
  const classification: Classification = {
    kind: EventKind.unknown,
    insertedChars: 0,
    deletedChars: 0,
  };
  const capture = (index: number): void => {
    const changes = edits[index % edits.length] ?? [];
    if (classifyEdit(changes, undefined, classification)) {
      const { kind, insertedChars, deletedChars } = classification;
      ring.push(index * 150, kind, insertedChars, deletedChars);
    }
  };
  const calls = 200_000;
  timeEach(calls, capture);
  const times = timeEach(calls, capture);
  const bytes = allocatedPerCall(20_000, capture);
  return Promise.resolve({
    suite: 'capture',
    figures: [
      atMost('classify and push, p99', percentile(times, 0.99), 'us', 5),
      told('classify and push, p50', percentile(times, 0.5), 'us'),
      // The measure itself leaves a little; an object for each event would be 32 bytes and more.
      atMost('allocated per event', bytes, 'B', 8),
    ],
  });
}
