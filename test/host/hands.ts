import type { DeedName, Deeds } from '../realEditor/lentHands.ts';

/**
 * Real keys and an input method for a test inside the extension host, lent by whoever opened the window; see
 * test/realEditor/lentHands.ts. A desktop VS Code lends none.
 */
export const hands: Deeds = {
  press: (key) => ask('press', key),
  type: (text, delayMs) => ask('type', text, delayMs),
  compose: (text) => ask('compose', text),
  commit: (text) => ask('commit', text),
  drag: (from, to) => ask('drag', from, to),
  see: (selector) => ask('see', selector),
};

/** Whether somebody lends hands. */
export function hasHands(): boolean {
  return address() !== undefined;
}

async function ask(name: DeedName, ...args: readonly unknown[]): Promise<void> {
  const response = await fetch(address() ?? '', {
    method: 'POST',
    body: JSON.stringify({ name, args }),
  });
  if (!response.ok) {
    throw new Error(`The hands could not ${name}: ${await response.text()}`);
  }
}

function address(): string | undefined {
  return process.env['MILLRACE_TEST_HANDS'];
}
