/** How long a test waits for something that takes a moment; generous, as the machine may be busy. */
export const patienceMs = 60_000;

/**
 * Asks again and again until the answer is neither `undefined` nor `false`.
 * @param what names the thing for the error
 * @throws {Error} when `timeoutMs` has passed; its cause is what `probe` threw last, if it did.
 */
export async function waitFor<T>(
  what: string,
  probe: () => Promise<T | undefined | false> | T | undefined | false,
  { timeoutMs = patienceMs, everyMs = 100 } = {},
): Promise<T> {
  const endMs = performance.now() + timeoutMs;
  let thrown: unknown;
  do {
    try {
      const found = await probe();
      if (found !== undefined && found !== false) {
        return found;
      }
      thrown = undefined;
    } catch (error) {
      thrown = error;
    }
    await pause(everyMs);
  } while (performance.now() < endMs);
  throw new Error(`Waited ${timeoutMs / 1000} s in vain for ${what}`, { cause: thrown });
}

/** Lets time pass; for pacing what a person would do, never for waiting until something has happened. */
export function pause(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs));
}
