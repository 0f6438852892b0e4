// How the scripts talk. What they do goes to standard error, what they were asked for to standard output, so
// that `npm run bench -- capture --json > file` holds the figures alone.

/** A failure with a sentence that says what to do; shown without a stack. */
export class PlainError extends Error {}

export function say(line) {
  process.stderr.write(`${line}\n`);
}

const stillAtItMs = 10_000;

/**
 * Says what is being done, every few seconds that it still is, and how long it took.
 * @param {string} title
 * @param {(tell: (what: string) => void) => Promise<T>} work `tell` names the part that it has come to.
 * @returns {Promise<T>}
 * @template T
 */
export async function step(title, work) {
  const startMs = Date.now();
  const seconds = () => `${Math.round((Date.now() - startMs) / 1000)} s`;
  let part = '';
  say(`${title} ...`);
  const timer = setInterval(() => say(`  ${part || title}: ${seconds()} so far`), stillAtItMs);
  try {
    const result = await work((what) => {
      part = what;
      say(`  ${what}`);
    });
    say(`${title}: done in ${seconds()}`);
    return result;
  } finally {
    clearInterval(timer);
  }
}

/** Runs a script's main function; what it throws ends the process with code 1 and a readable message. */
export async function main(work) {
  try {
    await work();
  } catch (error) {
    say(error instanceof PlainError ? `\n${error.message}` : (error?.stack ?? String(error)));
    process.exitCode = 1;
  }
}
