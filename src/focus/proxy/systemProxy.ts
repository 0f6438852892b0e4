import { get } from 'node:http';
import * as v from 'valibot';
import type { Restorer } from '../undo/healLeftovers.ts';

/** A desktop's own setting for the address of a PAC file. */
export interface SystemProxy extends Restorer {
  /** Whether there is such a setting here that can be set without more rights. */
  isSupported(): Promise<boolean>;
  /**
   * Sets the address, having written down what was there.
   * @param deadlineMs until when it is not a leftover; set again to renew
   * @throws {FocusError} `proxyInUse` when a proxy or an address that is not ours is there
   */
  set(url: string, deadlineMs: number): Promise<void>;
}

const mostUrls = 20;

/** Every address that was set or was about to be, the latest last: any of them is ours to take away. */
export const ourUrls = v.pipe(v.array(v.string()), v.minLength(1), v.maxLength(mostUrls));

/** Adds an address to those that are ours; the oldest go first. */
export function withUrl(urls: readonly string[], url: string): string[] {
  return [...urls.filter((one) => one !== url), url].slice(-mostUrls);
}

const answerTimeoutMs = 1_000;

/** Whether Millrace still answers at a PAC file's address. */
export function isServed(pacUrl: string): Promise<boolean> {
  return new Promise((resolve) => {
    if (!URL.canParse(pacUrl)) {
      resolve(false);
      return;
    }
    const asked = get(
      pacUrl.replace(/proxy\.pac.*$/, 'alive'),
      { timeout: answerTimeoutMs },
      (reply) => {
        reply.resume();
        resolve(reply.statusCode === 200);
      },
    );
    asked.on('timeout', () => {
      asked.destroy();
      resolve(false);
    });
    asked.on('error', () => {
      resolve(false);
    });
  });
}
