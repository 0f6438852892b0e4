import { chromium, type Browser, type BrowserServer } from 'playwright-core';

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--font-render-hinting=none',
];

/** Starts the one Chromium that all files of a run use; the address goes to them as MILLRACE_CHROMIUM_ENDPOINT. */
export function launchSharedChromium(executablePath: string): Promise<BrowserServer> {
  return chromium.launchServer({ executablePath, headless: true, args: flags });
}

/** The shared Chromium, or one of its own where there is none. Closing it takes the caller's contexts alone. */
export function openChromium(): Promise<Browser> {
  const endpoint = process.env['MILLRACE_CHROMIUM_ENDPOINT'];
  return endpoint === undefined
    ? chromium.launch({
        executablePath: process.env['MILLRACE_CHROMIUM'] ?? '/usr/bin/chromium',
        headless: true,
        args: flags,
      })
    : chromium.connect(endpoint);
}
