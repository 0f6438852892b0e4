import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { chromium, type BrowserContext } from 'playwright-core';

/** The Chromium for tests: MILLRACE_CHROMIUM, else the first on the PATH. @throws {Error} when there is none. */
export function findChromium(): string {
  const chosen = process.env['MILLRACE_CHROMIUM'];
  const folders = (process.env['PATH'] ?? '').split(path.delimiter);
  const candidates = chosen
    ? [chosen]
    : ['chromium', 'chromium-browser', 'google-chrome'].flatMap((name) =>
        folders.map((folder) => path.join(folder, name)),
      );
  const found = candidates.find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
  if (found === undefined) {
    throw new Error(
      'The tests need Chromium: install it (Debian: apt-get install chromium) or set MILLRACE_CHROMIUM to a Chrome.',
    );
  }
  return found;
}

/**
 * Opens a browser that talks to nobody but the pages it is sent to. Close the context to end it.
 * @param timezoneId the zone of its pages; that of the machine when it is left out
 */
export function openBrowser(profileFolder: string, timezoneId?: string): Promise<BrowserContext> {
  return chromium.launchPersistentContext(profileFolder, {
    executablePath: findChromium(),
    headless: true,
    ...(timezoneId !== undefined && { timezoneId }),
    viewport: { width: 1280, height: 800 },
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      // Windows in the background keep their timers, as separate desktop windows would.
      '--disable-background-timer-throttling',
      '--disable-backgrounding-occluded-windows',
      '--disable-renderer-backgrounding',
    ],
  });
}
