import path from 'node:path';
import { chromium, type Browser, type BrowserServer } from 'playwright-core';
import { repositoryRoot } from '../support/repositoryRoot.ts';

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Pictures are the same whatever the machine's screen would be.
  '--font-render-hinting=none',
  '--disable-lcd-text',
  '--force-color-profile=srgb',
];

const options = {
  headless: true,
  args: flags,
  env: { ...process.env, FONTCONFIG_FILE: path.join(repositoryRoot, 'test/webview/fonts.conf') },
};

/** Starts the one Chromium that all files of a run use; the address goes to them as MILLRACE_CHROMIUM_ENDPOINT. */
export function launchSharedChromium(executablePath: string): Promise<BrowserServer> {
  return chromium.launchServer({ ...options, executablePath });
}

/** The shared Chromium, or one of its own where there is none. Closing it takes the caller's contexts alone. */
export function openChromium(): Promise<Browser> {
  const endpoint = process.env['MILLRACE_CHROMIUM_ENDPOINT'];
  return endpoint === undefined
    ? chromium.launch({
        ...options,
        executablePath: process.env['MILLRACE_CHROMIUM'] ?? '/usr/bin/chromium',
      })
    : chromium.connect(endpoint);
}
