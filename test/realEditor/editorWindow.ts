import type { Frame, Locator, Page } from 'playwright-core';
import { patienceMs, waitFor } from '../support/waitFor.ts';
import type { EditorServer } from './editorServer.ts';
import { isRunning } from './processTree.ts';

/** What a window opens with. */
export interface WindowContent {
  /** The workspace folder, absolute. */
  readonly folder: string;
  /** A file to open in an editor, absolute. */
  readonly file?: string;
}

/** Shares of a delay, one on average. */
const unevenly = [0.7, 1.5, 0.9, 1.6, 0.6, 1.1, 0.6];

/** One VS Code window in a browser page, as a person uses it: keys, clicks, and what is on the screen. */
export class EditorWindow {
  readonly page: Page;
  readonly #url: string;
  readonly #server: EditorServer | undefined;

  /**
   * @param url where the window is; see {@link windowUrl}
   * @param server whose extension host {@link close} waits for, when it is known
   */
  constructor(page: Page, url: string, server?: EditorServer) {
    this.page = page;
    this.#url = url;
    this.#server = server;
  }

  /** Loads the window and waits until the workbench stands and, with a file, its text is there. */
  async open(): Promise<void> {
    await this.page.goto(this.#url);
    await this.#settle();
  }

  /** Loads the window again, as "Developer: Reload Window" does. */
  async reload(): Promise<void> {
    await this.page.reload();
    await this.#settle();
  }

  /** Does what makes the window load itself again, and waits until it has. */
  async reloadBy(act: () => Promise<void>): Promise<void> {
    const loaded = this.page.waitForEvent('load', { timeout: 60_000 });
    await Promise.all([loaded, act()]);
    await this.#settle();
  }

  /** Closes the window and waits until its extension host has ended, with everything saved. */
  async close(): Promise<void> {
    const server = this.#server;
    const hosts = server?.extensionHosts() ?? [];
    await this.page.close();
    if (server !== undefined) {
      const pages = this.page.context().pages();
      const others = pages.filter((page) => page.url().startsWith(server.url)).length;
      // Not just one of them: another may be that of before a reload, or a process that a host has just begun to start.
      await waitFor('the extension host to end', () => hosts.filter(isRunning).length <= others);
    }
  }

  /** Gives this window the focus, and takes it from the one that had it. */
  async bringToFront(): Promise<void> {
    await this.page.bringToFront();
  }

  /** The editor that keys go to, once it has been clicked into. */
  async focusEditor(): Promise<void> {
    await this.page.locator('.editor-group-container .monaco-editor .view-lines').first().click();
    await this.page.locator('.editor-group-container .monaco-editor.focused').first().waitFor();
  }

  /**
   * Types with real key events, one key after the other.
   * @param options `delayMs` from key to key on average, as uneven as a hand's: what is even is no typing
   */
  async type(text: string, { delayMs = 0 } = {}): Promise<void> {
    if (delayMs === 0) {
      await this.page.keyboard.type(text);
      return;
    }
    let key = 0;
    for (const character of text) {
      const share = unevenly[key++ % unevenly.length] ?? 1;
      await this.page.keyboard.type(character, { delay: delayMs * share });
    }
  }

  /** Presses one key or a chord, such as `Control+s`. */
  async press(key: string): Promise<void> {
    await this.page.keyboard.press(key);
  }

  /** The text of the editor in front, as far as it is on the screen, with plain blanks. */
  async visibleText(): Promise<string> {
    const lines = this.page.locator('.editor-group-container .monaco-editor .view-lines').first();
    return (await lines.innerText()).replaceAll('\u00a0', ' ');
  }

  /** Saves the file in front and waits until the editor shows it as saved. */
  async save(): Promise<void> {
    await this.press('Control+s');
    await this.page.locator('.tab.active.dirty').waitFor({ state: 'detached' });
  }

  /** The status-bar item of an extension, by `<publisher>.<name>.<id of the item>`. */
  statusBarItem(id: string): Locator {
    return this.page.locator(`.statusbar-item[id="${id}"]`);
  }

  /**
   * Runs a command from the palette by its whole title, such as `Millrace: Show Log`.
   * @param options.asksNext the command goes on in the same box, with a question of its own
   */
  async runCommand(title: string, { asksNext = false } = {}): Promise<void> {
    const input = this.page.locator('.quick-input-widget input').first();
    await waitFor(`the command ${title} in the palette`, async () => {
      await this.press('F1');
      await input.fill(`>${title}`, { timeout: 5_000 });
      // Not Enter: the first row is the one that was used last, which may be another.
      await this.chooseRow(title, { isWhole: true, timeoutMs: 5_000 });
      return true;
    });
    if (!asksNext) {
      await input.waitFor({ state: 'hidden' });
    }
  }

  /**
   * Clicks a row of the list that the box in front asks with, once it is there.
   *
   * The list draws other rows into the same elements while it is filled and filtered, so that a click can reach
   * another one than was looked for: the page itself looks and clicks, with nothing in between.
   * @param name a part of what the row says, in whatever case
   * @param options.isWhole the name is the row's whole label
   */
  async chooseRow(name: string, { isWhole = false, timeoutMs = patienceMs } = {}): Promise<void> {
    const rows = this.page.locator('.quick-input-list .monaco-list-row');
    await waitFor(
      `the row ${name}`,
      () =>
        rows.evaluateAll(
          (elements, wanted) => {
            const fits = (spoken: string): boolean =>
              wanted.isWhole
                ? spoken === wanted.name || spoken.startsWith(`${wanted.name}, `)
                : spoken.toLowerCase().includes(wanted.name.toLowerCase());
            const row = elements.find(
              (element) => element.checkVisibility() && fits(element.ariaLabel ?? ''),
            );
            if (!(row instanceof HTMLElement)) {
              return false;
            }
            row.click();
            return true;
          },
          { name, isWhole },
        ),
      { timeoutMs },
    );
  }

  /** Opens a view container by the title of its activity-bar entry. */
  async openActivity(title: string): Promise<void> {
    const entry = this.page.locator(`.activitybar a.action-label[aria-label^="${title}"]`);
    await entry.waitFor();
    if ((await entry.locator('xpath=..').getAttribute('aria-expanded')) !== 'true') {
      await entry.click();
    }
  }

  /** The frame of a webview, known by an element that it holds. */
  webviewFrame(selector: string): Promise<Frame> {
    return waitFor(`a webview with ${selector}`, async () => {
      for (const frame of this.page.frames()) {
        // A frame may go away while it is asked.
        const count = await frame
          .locator(selector)
          .count()
          .catch(() => 0);
        if (count > 0) {
          return frame;
        }
      }
      return undefined;
    });
  }

  /** The texts of the notifications on the screen. */
  async notifications(): Promise<readonly string[]> {
    return this.page.locator('.notification-toast .notification-list-item-message').allInnerTexts();
  }

  /** The texts of all notifications that nobody has closed, also of those that have left the screen after some seconds. */
  async notices(): Promise<readonly string[]> {
    const centre = this.page.locator('.notifications-center.visible');
    if (!(await centre.isVisible())) {
      await this.runCommand('Notifications: Show Notifications');
      await centre.waitFor();
    }
    return centre.locator('.notification-list-item-message').allInnerTexts();
  }

  async #settle(): Promise<void> {
    // Playwright lets every page believe that it has the focus; a desktop has one window in front. It does so
    // anew for each page that is loaded.
    const session = await this.page.context().newCDPSession(this.page);
    await session.send('Emulation.setFocusEmulationEnabled', { enabled: false });
    await this.bringToFront();
    await this.page.locator('.monaco-workbench .part.statusbar').waitFor();
    await this.page.locator('.monaco-workbench .part.activitybar').waitFor();
    if (this.#url.includes('openFile')) {
      await this.page
        .locator('.editor-group-container .monaco-editor .view-lines')
        .first()
        .waitFor();
    }
  }
}

/** The address of a window; the payload is VS Code's own way to open a file in it. */
export function windowUrl(
  server: EditorServer,
  { folder, file }: WindowContent,
  payload: readonly (readonly [string, string])[] = [],
): string {
  const entries = [
    ...payload,
    ...(file === undefined ? [] : [['openFile', remoteUri(server, file)] as const]),
  ];
  const query = new URLSearchParams({ folder });
  if (entries.length > 0) {
    query.set('payload', JSON.stringify(entries));
  }
  return `${server.url}?${query.toString()}`;
}

/** How the page names a file of the server's machine. */
export function remoteUri(server: EditorServer, file: string): string {
  return `vscode-remote://127.0.0.1:${server.port}${file}`;
}
