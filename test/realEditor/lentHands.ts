import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CDPSession, Page } from 'playwright-core';

/** Names the address, for the tests inside the extension host; see test/host/hands.ts. */
const addressVariable = 'MILLRACE_TEST_HANDS';

/** What hands can be asked for. */
export interface Deeds {
  /** Presses a key or a chord, such as `Control+s`. */
  readonly press: (key: string) => Promise<void>;
  /** Types with a key press for each character. */
  readonly type: (text: string, delayMs: number) => Promise<void>;
  /** Sets the text that an input method composes, as with each of its keys. */
  readonly compose: (text: string) => Promise<void>;
  /** Commits text as an input method does at its end, an emoji picker or dictation. */
  readonly commit: (text: string) => Promise<void>;
  /** Drags with the mouse from one word on the screen to another; both stand alone in their lines. */
  readonly drag: (from: string, to: string) => Promise<void>;
  /** Waits until something is on the screen, by its selector. */
  readonly see: (selector: string) => Promise<void>;
}

export type DeedName = keyof Deeds;

/**
 * Lends the tests inside an extension host what they have not: real keys, mouse and input method, in the page that shows
 * their editor. They ask over a port of 127.0.0.1.
 */
export class LentHands {
  readonly #server: Server;
  #deeds: Deeds | undefined;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** Listens on a free port; {@link stop} it. */
  static async lend(): Promise<LentHands> {
    const server = createServer();
    const hands = new LentHands(server);
    server.on('request', (request, response) => {
      void hands.#answer(request).then(
        () => response.end('{}'),
        (error: unknown) => {
          response.statusCode = 500;
          response.end(String(error));
        },
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return hands;
  }

  /** For the editor's server, and so for its extension host. */
  get environment(): Readonly<Record<string, string>> {
    // A server that listens on a port has an address of this form.
    const { port } = this.#server.address() as AddressInfo;
    return { [addressVariable]: `http://127.0.0.1:${port}/` };
  }

  /** From now on the hands are at this page. */
  async useOn(page: Page): Promise<void> {
    this.#deeds = deedsOn(page, await page.context().newCDPSession(page));
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage): Promise<void> {
    let body = '';
    for await (const part of request) {
      body += String(part);
    }
    const deeds = this.#deeds;
    if (deeds === undefined) {
      throw new Error('There is no page yet');
    }
    // Our own tests ask, with the types of Deeds.
    const { name, args } = JSON.parse(body) as { name: DeedName; args: readonly unknown[] };
    const deed = deeds[name] as (...args: readonly unknown[]) => Promise<void>;
    await deed(...args);
  }
}

function deedsOn(page: Page, session: CDPSession): Deeds {
  return {
    press: (key) => page.keyboard.press(key),
    type: (text, delayMs) => page.keyboard.type(text, { delay: delayMs }),
    async compose(text) {
      const end = text.length;
      await session.send('Input.imeSetComposition', {
        text,
        selectionStart: end,
        selectionEnd: end,
      });
    },
    async commit(text) {
      await session.send('Input.insertText', { text });
    },
    async drag(from, to) {
      const start = await middleOf(page, from);
      const end = await middleOf(page, to);
      await page.mouse.move(start.x, start.y);
      await page.mouse.down();
      await page.mouse.move(end.x, end.y, { steps: 10 });
      await page.mouse.up();
    },
    see: (selector) => page.locator(selector).first().waitFor(),
  };
}

async function middleOf(page: Page, word: string): Promise<{ x: number; y: number }> {
  const line = page.locator('.editor-group-container .view-line span span').getByText(word);
  const box = await line.first().boundingBox();
  if (box === null) {
    throw new Error('The word is not on the screen');
  }
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}
