import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/**
 * A disk of a few kilobytes, for tests of a full one. It is mounted in a mount namespace of its own, so that no other process of
 * the machine sees it, and it goes with the process that holds the namespace. It is reached through that process.
 */
export class SmallDisk {
  /** Where it can be written to, from every process. */
  readonly folder: string;
  readonly #holder: ChildProcess;
  /** The place of the mount, inside its namespace. */
  readonly #mount: string;

  private constructor(holder: ChildProcess, mount: string) {
    this.#holder = holder;
    this.#mount = mount;
    this.folder = `/proc/${String(holder.pid)}/root${mount}`;
  }

  /** Makes one, or `undefined` where that can't be: it takes root on Linux, and not every container grants it. */
  static async make(sizeBytes: number): Promise<SmallDisk | undefined> {
    if (process.platform !== 'linux' || process.getuid?.() !== 0) {
      return undefined;
    }
    const mount = await mkdtemp(path.join(tmpdir(), 'millrace-disk-'));
    const script = 'mount -t tmpfs -o "size=$1" tmpfs "$2" && echo ready && exec cat';
    const holder = spawn(
      'unshare',
      ['--mount', '--propagation', 'private', 'sh', '-c', script, 'sh', `${sizeBytes}`, mount],
      // `cat` ends when this process does, however that ends.
      { stdio: ['pipe', 'pipe', 'ignore'] },
    );
    const isReady = await new Promise<boolean>((resolve) => {
      holder.stdout.once('data', () => {
        resolve(true);
      });
      for (const end of ['exit', 'error']) {
        holder.once(end, () => {
          resolve(false);
        });
      }
    });
    if (!isReady) {
      await rm(mount, { recursive: true });
      return undefined;
    }
    return new SmallDisk(holder, mount);
  }

  /** From now on nobody, root neither, may write to it, or again they may. @throws when the system refuses */
  setReadOnly(isReadOnly: boolean): void {
    const options = ['-o', `remount,${isReadOnly ? 'ro' : 'rw'}`, this.#mount];
    const namespace = ['--target', String(this.#holder.pid), '--mount'];
    const { status, stderr } = spawnSync('nsenter', [...namespace, 'mount', ...options]);
    if (status !== 0) {
      throw new Error(`The disk could not be remounted: ${stderr.toString()}`);
    }
  }

  async remove(): Promise<void> {
    const ended = once(this.#holder, 'exit');
    this.#holder.kill('SIGKILL');
    await ended;
    await rm(this.#mount, { recursive: true });
  }
}
