import { spawn } from 'node:child_process';
import path from 'node:path';
import { PlainError } from './say.mjs';

/** The repository's folder. */
export const root = path.resolve(import.meta.dirname, '../..');

const running = new Set();
const cleanups = [() => running.forEach((child) => endGroup(child, 'SIGTERM'))];

/** Registers what has to end when this script is told to end, the last registered first. */
export function beforeExit(cleanup) {
  cleanups.push(cleanup);
}

let ending = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, async () => {
    if (ending) {
      return;
    }
    ending = true;
    for (const cleanup of cleanups.reverse()) {
      await cleanup();
    }
    process.exit(signal === 'SIGINT' ? 130 : 143);
  });
}

/**
 * Runs a program to its end.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ quiet?: boolean, env?: NodeJS.ProcessEnv, silenceMs?: number }} options `quiet` keeps its output
 *   back; otherwise it goes to our standard error. It is ended when it has said nothing for `silenceMs`.
 * @returns {Promise<{ code: number | null, output: string, timedOut: boolean }>} Code `null`: ended by a signal.
 */
export function run(command, args, { quiet = false, env = process.env, silenceMs } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: root,
      env,
      // A group of its own, so that whatever it started can be ended with it.
      detached: process.platform !== 'win32',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.add(child);
    const parts = [];
    const take = (data) => {
      timer?.refresh();
      parts.push(data);
      if (!quiet) {
        process.stderr.write(data);
      }
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    let timedOut = false;
    const timer =
      silenceMs &&
      setTimeout(() => {
        timedOut = true;
        endGroup(child, 'SIGTERM');
        setTimeout(() => endGroup(child, 'SIGKILL'), 10_000).unref();
      }, silenceMs);
    const settle = (finish) => {
      clearTimeout(timer);
      running.delete(child);
      finish();
    };
    child.once('error', (error) => settle(() => reject(error)));
    child.once('close', (code) =>
      settle(() => resolve({ code, output: Buffer.concat(parts).toString(), timedOut })),
    );
  });
}

/** Runs a program that has to succeed; its output is shown only when it fails. @throws {PlainError} */
export async function runOrFail(command, args, options = {}) {
  const { code, output } = await run(command, args, { quiet: true, ...options });
  if (code !== 0) {
    throw new PlainError(`${output}\n${[path.basename(command), ...args].join(' ')} failed.`);
  }
  return output;
}

/** Runs a Node program of this repository or of one of its packages. */
export function node(args, options) {
  return run(process.execPath, args, options);
}

/** Ends a child that leads a group, and all of the group. */
export function endGroup(child, signal) {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) {
    return;
  }
  try {
    process.kill(process.platform === 'win32' ? child.pid : -child.pid, signal);
  } catch {
    // It has ended in the meantime.
  }
}
