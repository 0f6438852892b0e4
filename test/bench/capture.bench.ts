import { EditPlace, placeOf, type Span, type SpanChange } from '../../src/tracking/signs/carets.ts';
import type { Classification, EditChange } from '../../src/tracking/edits/editClassifier.ts';
import { EditReader, type PlacedChange } from '../../src/tracking/edits/editReader.ts';
import { EditSigns } from '../../src/tracking/signs/editSigns.ts';
import { noSurroundings, type EditSurroundings } from '../../src/tracking/signs/keptEdits.ts';
import { EventKind } from '../../src/tracking/eventKind.ts';
import { HandRuns } from '../../src/tracking/runs/handRuns.ts';
import { KeystrokeRing } from '../../src/tracking/keystrokeRing.ts';
import { isOtherKey } from '../../src/tracking/edits/otherKey.ts';
import { atMost, told, type SuiteResult } from '../support/figure.ts';
import { allocatedPerCall, percentile, timeEach } from '../support/percentile.ts';

interface Edit {
  readonly changes: readonly (PlacedChange & SpanChange)[];
  readonly carets: readonly Span[];
  readonly first: EditChange;
}

/** What stands before the carets. */
const line = '    return 1;          ';

/** An edit at carets of one line, which writes over so many characters. */
function editOf(text: string, rangeLength: number, cursors = 1): Edit {
  const carets = Array.from({ length: cursors }, (_, line) => {
    const end = { line, character: 20 };
    return { start: end, end };
  });
  const changes = carets.map(({ end }) => ({
    text,
    rangeLength,
    rangeOffset: 100 * end.line + end.character - rangeLength,
    range: {
      isSingleLine: true,
      start: { line: end.line, character: end.character - rangeLength },
      end,
    },
  }));
  return { changes, carets, first: { text, rangeLength } };
}

/** What an hour of typing is made of, in about the shares that it has. */
const edits: readonly Edit[] = [
  ...['a', 'e', ' ', ';', '()', '\n    '].map((text) => editOf(text, 0)),
  editOf('', 1),
  editOf('x', 4),
  editOf('const value = compute();\n', 0),
  editOf('y', 0, 5),
];

/** A word of an input method, as the editor shows it after each key: each edit replaces what the one before brought. */
const shown = [
  'n',
  'に',
  'にh',
  'にほ',
  'にほn',
  'にほん',
  'にほんg',
  'にほんご',
  '日本語',
  '日本語',
];
const compositions: readonly Edit[] = shown.map((text, at) => {
  const rangeLength = shown[at - 1]?.length ?? 0;
  const start = { line: 0, character: 20 };
  const end = { line: 0, character: 20 + rangeLength };
  const range = { isSingleLine: true, start, end };
  return {
    changes: [{ text, rangeLength, rangeOffset: 20, range }],
    carets: [{ start: end, end }],
    first: { text, rangeLength },
  };
});

/** From the change event and the selection event after it to the ring: our whole part in a key, but for the editor's own call. */
export function run(): Promise<SuiteResult> {
  const ring = new KeystrokeRing();
  const classification: Classification = {
    kind: EventKind.unknown,
    insertedChars: 0,
    deletedChars: 0,
  };
  const document = {};
  const around: EditSurroundings = {
    ...noSurroundings(),
    place: EditPlace.atCarets,
    caretCharacter: 20,
  };
  const reader = new EditReader<object>();
  const runs = new HandRuns((timeMs, kind, insertedChars, deletedChars) => {
    ring.push(timeMs, kind, insertedChars, deletedChars);
  });
  const signs = new EditSigns<object, object>({
    handOn: (timeMs, { kind, insertedChars, deletedChars }) => {
      runs.take(timeMs, kind, insertedChars, deletedChars);
    },
    isPartOf: (edited, saved) => edited === saved,
  });
  const captureOf =
    (made: readonly Edit[]) =>
    (index: number): void => {
      const edit = made[index % made.length];
      // As uneven as a hand.
      const timeMs = index * 150 + ((index * 37) % 11) * 9;
      const awaitsSign = signs.awaitsSign(document);
      if (
        edit !== undefined &&
        reader.read(document, timeMs, edit.changes, undefined, awaitsSign, classification)
      ) {
        classification.isOtherKey = isOtherKey(edit.first, line, 20);
        around.version = index;
        around.place = placeOf(edit.changes, edit.carets);
        signs.edited(timeMs, classification, document, around);
        signs.selected(timeMs, document, index, true, 0, 21);
        reader.keyEnded();
      }
    };
  const capture = captureOf(edits);
  const calls = 200_000;
  timeEach(calls, capture);
  const times = timeEach(calls, capture);
  const bytes = allocatedPerCall(20_000, capture);
  const compose = captureOf(compositions);
  timeEach(calls, compose);
  const composing = timeEach(calls, compose);
  return Promise.resolve({
    suite: 'capture',
    figures: [
      atMost('classify and push, p99', percentile(times, 0.99), 'us', 5),
      told('classify and push, p50', percentile(times, 0.5), 'us'),
      atMost('a key of an input method, p99', percentile(composing, 0.99), 'us', 5),
      // The measure itself leaves a little; an object for each event would be 32 bytes and more.
      atMost('allocated per event', bytes, 'B', 8),
    ],
  });
}
