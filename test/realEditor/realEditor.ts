import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { BrowserContext } from 'playwright-core';
import { middayZone } from '../support/middayZone.ts';
import { patienceMs } from '../support/waitFor.ts';
import { openBrowser } from './browser.ts';
import { startEditorServer, type EditorServer, type EditorServerOptions } from './editorServer.ts';
import { EditorWindow, windowUrl, type WindowContent } from './editorWindow.ts';
import { installEditor } from './installEditor.ts';

/** What a test can choose; the rest is the same for all. */
export interface RealEditorOptions extends Omit<
  Partial<EditorServerOptions>,
  'installation' | 'folder'
> {
  /** A folder to keep, for a test that stops and comes back; a throw-away one when left out. */
  readonly folder?: string;
}

/** The browser's VS Code saves by itself while one types, the desktop's does not. */
const asOnTheDesktop = { 'files.autoSave': 'off' };

/** A VS Code server and a browser on it: everything that one test needs, and nothing shared with another. */
export class RealEditor {
  readonly server: EditorServer;
  readonly browser: BrowserContext;
  readonly #throwAway: string | undefined;

  private constructor(server: EditorServer, browser: BrowserContext, throwAway?: string) {
    this.server = server;
    this.browser = browser;
    this.#throwAway = throwAway;
  }

  /** Starts both; the caller must {@link stop} them. */
  static async start(options: RealEditorOptions = {}): Promise<RealEditor> {
    const installation = await installEditor((line) => {
      console.error(`Installing the editor: ${line}`);
    });
    const folder = options.folder ?? (await makeTestFolder('editor'));
    const timezoneId = middayZone();
    const server = await startEditorServer({
      ...options,
      environment: { TZ: timezoneId, ...options.environment },
      settings: { ...asOnTheDesktop, ...options.settings },
      installation,
      folder,
    });
    try {
      const browser = await openBrowser(path.join(folder, 'chromium'), timezoneId);
      browser.setDefaultTimeout(patienceMs);
      return new RealEditor(server, browser, options.folder === undefined ? folder : undefined);
    } catch (error) {
      await server.stop();
      throw error;
    }
  }

  /** Replaces the user settings, for windows that open from now on. */
  writeSettings(settings: Readonly<Record<string, unknown>>): Promise<void> {
    return this.server.writeSettings({ ...asOnTheDesktop, ...settings });
  }

  /** Opens one more window and waits until it can be used. */
  async openWindow(content: WindowContent): Promise<EditorWindow> {
    const window = new EditorWindow(
      await this.browser.newPage(),
      windowUrl(this.server, content),
      this.server,
    );
    await window.open();
    return window;
  }

  /**
   * Closes the windows, ends the server and its extension hosts, and removes a throw-away folder. Stopping once
   * more does nothing.
   */
  async stop(): Promise<void> {
    // A page that is closed ends its extension host in good order; a browser that is closed does not.
    try {
      for (const page of this.browser.pages()) {
        await page.close();
      }
      await this.browser.close();
    } finally {
      // A browser that has crashed must not leave a server behind.
      await this.server.stop();
    }
    if (this.#throwAway !== undefined) {
      await removeTestFolder(this.#throwAway);
    }
  }
}

/** A new empty folder among the machine's temporary files. */
export function makeTestFolder(name: string): Promise<string> {
  return mkdtemp(path.join(os.tmpdir(), `millrace-${name}-`));
}

/** Removes a folder, even while the last process that used it is still writing its log. */
export async function removeTestFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
}
