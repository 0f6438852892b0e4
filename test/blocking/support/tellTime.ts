import { appendFileSync } from 'node:fs';
import { waitFor } from '../../support/waitFor.ts';

/** Waits for something and tells how long it took since a moment; the figures of docs/blocking.md come from here. */
export async function tellTime(
  what: string,
  sinceMs: number,
  probe: () => Promise<boolean>,
  timeoutMs = 90_000,
): Promise<number> {
  await waitFor(what, probe, { timeoutMs, everyMs: 20 });
  const tookMs = Math.round(performance.now() - sinceMs);
  process.stderr.write(`      ${what}: ${tookMs} ms\n`);
  const file = process.env['MILLRACE_BLOCKING_TIMES'];
  if (file !== undefined) {
    appendFileSync(file, `${what}\t${tookMs}\n`);
  }
  return tookMs;
}
