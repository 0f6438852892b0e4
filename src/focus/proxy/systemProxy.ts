import { get } from 'node:http';
import type { Restorer } from '../undo/healLeftovers.ts';

/** A desktop's own setting for the address of a PAC file. */
export interface SystemProxy extends Restorer {
  /** Whether there is such a setting here that can be set without more rights. */
  isSupported(): Promise<boolean>;
  /**
   * Sets the address, having written down what was there. What somebody has switched off since is not switched on again.
   * @param deadlineMs until when it is not a leftover; set again to renew
   * @throws {FocusError} `proxyInUse` when a proxy or an address that is not ours is there
   */
  set(url: string, deadlineMs: number): Promise<void>;
  /** Whether the desktop goes by an address of ours at this moment. */
  isSet(): Promise<boolean>;
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
