import { spawn } from 'node:child_process';
import { lstat } from 'node:fs/promises';
import { readPlain } from '../../files/plainFile.ts';
import { FocusError } from '../focusError.ts';
import { hostsHelperScript, hostsHelperVersion } from './hostsHelperScript.ts';
import type { NewSection } from './hostsSection.ts';

export const hostsHelperFile = '/usr/local/libexec/millrace-hosts';
const helperTimeoutMs = 30_000;
const helperStart = "#!/bin/sh\n# Millrace's helper for the hosts file.";

export interface HostsHelperOptions {
  readonly file?: string;
  /** What is put before the helper's path; tests have no sudo. */
  readonly elevate?: readonly string[];
}

/**
 * The root-owned helper: a short script that the person has read and installed, and that does two things. Never
 * asks for a password (`sudo -n`): where that is wanted, it fails.
 */
export class HostsHelper {
  readonly #file: string;
  readonly #elevate: readonly string[];

  constructor({ file = hostsHelperFile, elevate = ['sudo', '-n'] }: HostsHelperOptions = {}) {
    this.#file = file;
    this.#elevate = elevate;
  }

  /** Whether a helper is there that does all that is asked, and that nobody but root can have changed. */
  async isInstalled(): Promise<boolean> {
    return (await this.version()) === 'current';
  }

  /** `old`: an earlier version's, which knows sections only as it wrote them. A later version's does all that this one does. */
  async version(): Promise<'current' | 'old' | 'missing'> {
    try {
      const { uid, mode } = await lstat(this.#file);
      const text = (await readPlain(this.#file)).toString('utf8');
      if (uid !== 0 || (mode & 0o022) !== 0 || !text.startsWith(helperStart)) {
        return 'missing';
      }
      const version = Number(/^# Version (\d+)\.$/m.exec(text)?.[1] ?? 1);
      const isOurs = text === hostsHelperScript || version > hostsHelperVersion;
      return isOurs ? 'current' : version < hostsHelperVersion ? 'old' : 'missing';
    } catch {
      return 'missing';
    }
  }

  /** Blocks exact names until a time. @throws {FocusError} `helperFailed` or `damagedSection` */
  async on({ owner, untilMs, names }: NewSection): Promise<void> {
    await this.#run(['on', owner, String(Math.round(untilMs))], `${names.join('\n')}\n`);
  }

  /**
   * Takes out one owner's section, the expired ones, or all. What it can't tell whose it is stays, and is no failure of its:
   * whoever asks looks at the file.
   * @throws {FocusError} as `on` does
   */
  async off(which: string): Promise<void> {
    await this.#run(['off', which], '');
  }

  async #run(args: readonly string[], input: string): Promise<void> {
    const [command = this.#file, ...rest] = [...this.#elevate, this.#file, ...args];
    const code = await new Promise<number | null>((resolve, reject) => {
      const child = spawn(command, rest, {
        stdio: ['pipe', 'ignore', 'ignore'],
        timeout: helperTimeoutMs,
      });
      child.once('error', (error) => {
        reject(new FocusError('helperFailed', 'The hosts helper could not be started.', error));
      });
      child.once('close', resolve);
      // A helper that ends without reading breaks the pipe; its exit code says more.
      child.stdin.on('error', () => {});
      child.stdin.end(input);
    });
    if (code === 3) {
      throw new FocusError(
        'damagedSection',
        'The hosts file holds a Millrace mark without its partner. Nothing was changed.',
      );
    }
    if (code !== 0 && code !== 4) {
      throw new FocusError('helperFailed', 'The hosts helper refused, or needs a password.');
    }
  }
}
