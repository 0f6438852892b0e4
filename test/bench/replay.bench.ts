import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { atMost, told, type SuiteResult } from '../support/figure.ts';
import { repositoryRoot } from '../support/repositoryRoot.ts';

const start = 1_700_000_000_000;

/** Writes a stream of typing with corrections and pauses. */
async function writeStream(file: string, events: number): Promise<void> {
  const stream = createWriteStream(file);
  let t = start;
  let text = '';
  for (let event = 0; event < events; event++) {
    t += event % 97 === 96 ? 4_000 : 120 + ((event * 37) % 160);
    const kind = event % 13 === 12 ? 'delete' : 'insert';
    text += `{"t":${t},"kind":"${kind}","n":1}\n`;
    if (text.length > 1_000_000) {
      if (!stream.write(text)) {
        await once(stream, 'drain');
      }
      text = '';
    }
  }
  stream.end(text);
  await once(stream, 'close');
}

interface Replayed {
  readonly seconds: number;
  readonly peakMegabytes: number;
}

/** Replays a file with the built command, in a process of its own that tells its peak memory as it ends. */
async function replay(file: string): Promise<Replayed> {
  const tellPeak = `process.on('exit', () => process.stderr.write(String(process.resourceUsage().maxRSS)))`;
  const cli = path.join(repositoryRoot, 'dist/cli.js');
  const startMs = performance.now();
  const child = spawn(
    process.execPath,
    ['--import', `data:text/javascript,${encodeURIComponent(tellPeak)}`, cli, 'replay', file],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let errors = '';
  child.stderr.on('data', (chunk) => {
    errors += String(chunk);
  });
  await once(child, 'close');
  const seconds = (performance.now() - startMs) / 1_000;
  if (child.exitCode !== 0) {
    throw new Error(`The replay failed: ${errors}`);
  }
  return { seconds, peakMegabytes: Number(errors) / 1_000 };
}

/** A million events through the command line, and whether ten times as many need more memory. */
export async function run(): Promise<SuiteResult> {
  const folder = await mkdtemp(path.join(tmpdir(), 'millrace-bench-'));
  try {
    const tenth = path.join(folder, 'tenth.jsonl');
    const whole = path.join(folder, 'whole.jsonl');
    await writeStream(tenth, 100_000);
    await writeStream(whole, 1_000_000);
    const less = await replay(tenth);
    const more = await replay(whole);
    return {
      suite: 'replay',
      figures: [
        atMost('1,000,000 events', more.seconds, 's', 10),
        told('peak memory, 100,000 events', less.peakMegabytes, 'MB'),
        told('peak memory, 1,000,000 events', more.peakMegabytes, 'MB'),
        atMost('memory, ten times the events', more.peakMegabytes / less.peakMegabytes, 'x', 1.5),
      ],
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
