import * as l10n from '@vscode/l10n';
import { once } from 'node:events';
import { featureNames } from '../../facts/flow.ts';
import { systemErrorCode } from '../../base/errors.ts';
import type { FlowReading } from '../../flow/flowReading.ts';
import { openNamed } from '../../files/namedFile.ts';
import { reasonsOf } from '../../flow/detection/reasons.ts';
import { defineCommand, exitCodes, type CommandIo } from '../command.ts';
import { readLines } from '../replay/lines.ts';
import { anyText, flag, operand } from '../options.ts';
import { parseReplayEvent } from '../replay/replayEvent.ts';
import { ReplayStream } from '../replay/replayStream.ts';

/** Bytes read at once. */
const chunkBytes = 262_144;

/** `millrace replay`: a recorded stream of events in, a reading for every scoring step out, as JSON lines. */
export const replayCommand = defineCommand({
  name: 'replay',
  summary: 'Score a recorded stream of events; writes one JSON object for each step of 15 s.',
  options: { file: operand('FILE|-', anyText), skipBad: flag() },
  place: () => undefined,
  async run({ file, skipBad }, io) {
    try {
      const input =
        file === '-'
          ? io.input
          : (await openNamed(file)).createReadStream({ highWaterMark: chunkBytes });
      return await replay(input, skipBad, io);
    } catch (error) {
      const code = systemErrorCode(error);
      if (code === undefined) {
        throw error;
      }
      io.errors.write(`millrace replay: ${l10n.t('the input can not be read ({0})', code)}\n`);
      return exitCodes.failed;
    }
  },
});

async function replay(
  input: AsyncIterable<unknown>,
  skipsBad: boolean,
  io: CommandIo,
): Promise<number> {
  let out = '';
  let lineNumber = 0;
  let badLines = 0;
  const stream = new ReplayStream((wallMs, reading) => {
    out += `${describeStep(wallMs, reading)}\n`;
  });
  const flush = async (): Promise<void> => {
    const text = out;
    out = '';
    if (text.length > 0 && !io.output.write(text)) {
      await once(io.output, 'drain');
    }
  };
  for await (const lines of readLines(input)) {
    for (const line of lines) {
      lineNumber++;
      if (line.trim().length === 0) {
        continue;
      }
      const event = parseReplayEvent(line);
      if (typeof event !== 'string') {
        stream.push(event);
      } else if (skipsBad) {
        badLines++;
      } else {
        await flush();
        io.errors.write(`millrace replay: ${l10n.t('line {0}: {1}', lineNumber, event)}\n`);
        return exitCodes.badInput;
      }
    }
    await flush();
  }
  stream.finish();
  await flush();
  if (skipsBad) {
    io.errors.write(`millrace replay: ${l10n.t('{0} bad lines skipped', badLines)}\n`);
  }
  return exitCodes.done;
}

/** One step as a line of JSON: what is not known is `null`. */
function describeStep(wallMs: number, reading: FlowReading): string {
  const { features, raw } = reading;
  return JSON.stringify({
    t: wallMs,
    state: reading.state,
    score: reading.score === undefined ? null : round(reading.score, 2),
    confidence: round(reading.confidence, 3),
    features: Object.fromEntries(
      featureNames.map((name, index) => {
        const value = features?.[index];
        const isKnown = value !== undefined && raw?.[name] !== undefined;
        return [name, isKnown ? round(value, 3) : null];
      }),
    ),
    reasons: reasonsOf(reading).map(({ feature, points, text }) => ({
      feature: feature ?? null,
      points: round(points, 2),
      text,
    })),
  });
}

function round(value: number, digits: number): number {
  const factor = 10 ** digits;
  // Adding 0 turns the -0 that small negative numbers round to into 0.
  return Math.round(value * factor) / factor + 0;
}
