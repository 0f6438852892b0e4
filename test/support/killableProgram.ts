import { spawn, type ChildProcess } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { bundleChild } from './childBundle.ts';
import { stepsIn, type KilledRun } from './killPoints.ts';

/**
 * A program that does one task in a process of its own, and may end itself with -9 in the middle of it. Starting a process takes
 * longer than most tasks: the next one is started as soon as the last has ended, and waits for its task on its standard input.
 */
export class KillableProgram {
  readonly #file: string;
  readonly #parameters: readonly string[];
  readonly #removeFile: () => Promise<void>;
  #next: ChildProcess | undefined;

  private constructor(
    { file, remove }: Awaited<ReturnType<typeof bundleChild>>,
    parameters: readonly string[],
  ) {
    this.#file = file;
    this.#parameters = parameters;
    this.#removeFile = remove;
  }

  /** Bundles it. @param entry from the repository's root */
  static async make(entry: string, ...parameters: readonly string[]): Promise<KillableProgram> {
    return new KillableProgram(await bundleChild(entry), parameters);
  }

  /** What it printed, and whether it was killed. @throws {Error} when it failed */
  async run(task: object): Promise<{ readonly wasKilled: boolean; readonly output: string }> {
    const child = this.#next ?? this.#start();
    this.#next = undefined;
    const ended = new Promise<{ code: number | null; signal: string | null }>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code, signal) => {
        resolve({ code, signal });
      });
    });
    const [output, errors] = [read(child.stdout), read(child.stderr)];
    child.stdin?.end(JSON.stringify(task));
    const { code, signal } = await ended;
    this.#next = this.#start();
    const wasKilled = signal === 'SIGKILL';
    if (!wasKilled && code !== 0) {
      throw new Error(`It ended with ${signal ?? code}: ${await errors}`);
    }
    return { wasKilled, output: await output };
  }

  /** As {@link run}, for a program that prints the names of its steps. */
  async runSteps(task: object): Promise<KilledRun> {
    const { wasKilled, output } = await this.run(task);
    return { wasKilled, steps: wasKilled ? [] : stepsIn(output) };
  }

  async remove(): Promise<void> {
    this.#next?.kill('SIGKILL');
    this.#next = undefined;
    await this.#removeFile();
  }

  #start(): ChildProcess {
    return spawn(process.execPath, [this.#file, ...this.#parameters], {
      stdio: ['pipe', 'pipe', 'pipe'],
    });
  }
}

/** All of it; nothing of a stream that is not there. */
async function read(stream: NodeJS.ReadableStream | null): Promise<string> {
  return stream === null ? '' : text(stream);
}
