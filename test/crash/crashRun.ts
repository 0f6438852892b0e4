import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { loadSqlite } from '../../src/vault/sqlite/database.ts';
import { KeyFileProtector } from '../../src/vault/protectors/keyFileProtector.ts';
import { readSamples } from '../../src/vault/codecs/minuteSeries.ts';
import { bundleChild } from '../support/childBundle.ts';
import { wasmPath } from '../support/keeperBundle.ts';
import { MemoryLog } from '../support/memoryLog.ts';
import { minuteRecord } from '../support/minuteRecord.ts';
import { openKeyring } from '../support/vaultTools.ts';
import { newLedger } from '../support/trusting.ts';

/**
 * Four writers and two compactors on one folder, each killed with -9 at a random moment of its life and
 * started again, until there were so many kills. Now and then a living writer's marker is taken away, so that
 * compactors take it for dead. Afterwards every acknowledged record is looked for.
 */
export interface CrashOptions {
  /** Empty; what is left there can be looked at when the test failed. */
  readonly folder: string;
  readonly kills: number;
  /** Whether compactors take turns. Safety must not depend on it. */
  readonly lock: boolean;
  readonly onProgress?: (kills: number) => void;
}

export interface CrashResult {
  readonly kills: number;
  readonly acknowledged: number;
  readonly lost: number;
  /** Minutes that are there twice, or not as they were written. */
  readonly doubled: number;
  readonly compactions: number;
  /** Segments whose writers were taken for dead, and noticed. */
  readonly takenAway: number;
  /** Complaints of the compactors by kind. */
  readonly complaints: Readonly<Record<string, number>>;
}

const writers = 4;
const compactors = 2;
/** One life in so many is ended while the process is still starting. */
const stillbornEvery = 5;
/** How long the others live, at most, from when they are at work. */
const longestLifeMs = { writer: 300, compactor: 3_000 };
const markerEveryMs = 400;

/** Runs it. @throws when a process ends by itself, as none should. */
export async function runCrashTest(options: CrashOptions): Promise<CrashResult> {
  const writer = await bundleChild('test/support/vaultWriterProcess.ts');
  const compactor = await bundleChild('test/crash/crashCompactor.ts');
  try {
    return await new CrashRun(options, writer.file, compactor.file).run();
  } finally {
    await Promise.all([writer.remove(), compactor.remove()]);
  }
}

class CrashRun {
  readonly #options: CrashOptions;
  readonly #writerFile: string;
  readonly #compactorFile: string;
  readonly #vault: string;
  readonly #keys: string;
  #kills = 0;
  #lives = 0;
  #isOver = false;
  readonly #running = new Set<ChildProcess>();

  constructor(options: CrashOptions, writerFile: string, compactorFile: string) {
    this.#options = options;
    this.#writerFile = writerFile;
    this.#compactorFile = compactorFile;
    this.#vault = path.join(options.folder, 'vault');
    this.#keys = path.join(options.folder, 'keys');
  }

  async run(): Promise<CrashResult> {
    const slots = [
      ...Array.from({ length: writers }, () => this.#keepKilling('writer')),
      ...Array.from({ length: compactors }, () => this.#keepKilling('compactor')),
      this.#takeMarkers(),
    ];
    try {
      await Promise.all(slots);
    } finally {
      this.#isOver = true;
      for (const child of this.#running) {
        child.kill('SIGKILL');
      }
      await Promise.allSettled(slots);
    }
    return this.#judge();
  }

  get #isDone(): boolean {
    return this.#isOver || this.#kills >= this.#options.kills;
  }

  async #keepKilling(role: 'writer' | 'compactor'): Promise<void> {
    while (!this.#isDone) {
      const child = this.#start(role);
      this.#running.add(child);
      const ended = new Promise<string | null>((resolve) => {
        child.once('exit', (code, signal) => {
          resolve(signal ?? `code ${String(code)}`);
        });
      });
      if (this.#lives % stillbornEvery !== 0) {
        await Promise.race([ended, new Promise((resolve) => child.stdout?.once('data', resolve))]);
      }
      await Promise.race([ended, pause(Math.random() * longestLifeMs[role])]);
      child.kill('SIGKILL');
      const how = await ended;
      this.#running.delete(child);
      // A compactor that finds no vault yet has nothing to do.
      if (how !== 'SIGKILL' && !(role === 'compactor' && how === 'code 0')) {
        throw new Error(`A ${role} ended by itself: ${how ?? ''}`);
      }
      this.#kills += 1;
      this.#options.onProgress?.(this.#kills);
    }
  }

  #start(role: 'writer' | 'compactor'): ChildProcess {
    const { folder, lock } = this.#options;
    const life = this.#lives++;
    const parameters =
      role === 'writer'
        ? [this.#writerFile, this.#vault, this.#keys, path.join(folder, `acks-${life}`), idOf(life)]
        : [
            this.#compactorFile,
            this.#vault,
            this.#keys,
            wasmPath,
            path.join(folder, 'compactors'),
            lock ? 'lock' : 'no-lock',
          ];
    return spawn(process.execPath, parameters, { stdio: ['ignore', 'pipe', 'inherit'] });
  }

  async #takeMarkers(): Promise<void> {
    const segments = path.join(this.#vault, 'segments');
    while (!this.#isDone) {
      await pause(Math.random() * 2 * markerEveryMs);
      const files = existsSync(segments) ? await readdir(segments) : [];
      const markers = files.filter((file) => file.endsWith('.live'));
      const marker = markers[Math.floor(Math.random() * markers.length)];
      if (marker !== undefined) {
        await rm(path.join(segments, marker), { force: true });
      }
    }
  }

  async #judge(): Promise<CrashResult> {
    const ledger = newLedger({
      folder: this.#vault,
      keyring: await openKeyring(this.#vault, [new KeyFileProtector(this.#keys)]),
      sqlite: await loadSqlite(wasmPath),
      log: new MemoryLog(),
    });
    await ledger.refresh();
    let doubled = 0;
    const stored = new Set<string>();
    for (const row of ledger.database.rows('SELECT id, series FROM sessions')) {
      const session = Buffer.from(row.blob(0)).toString('hex');
      for (const sample of readSamples(row.blob(1))) {
        const index = sample.minute - minuteRecord(0).sample.minute;
        const key = `${session}:${index}`;
        const expected = minuteRecord(index, session).sample;
        doubled += stored.has(key) || !isSame(sample, expected) ? 1 : 0;
        stored.add(key);
      }
    }
    ledger.dispose();
    let acknowledged = 0;
    let lost = 0;
    let takenAway = 0;
    for (let life = 0; life < this.#lives; life++) {
      const text = await readFile(path.join(this.#options.folder, `acks-${life}`), 'utf8').catch(
        () => '',
      );
      for (const index of text.split('\n').filter(Boolean)) {
        if (!/^\d+$/.test(index)) {
          takenAway += 1;
          continue;
        }
        acknowledged += 1;
        lost += stored.has(`${idOf(life)}:${index}`) ? 0 : 1;
      }
    }
    return {
      kills: this.#kills,
      acknowledged,
      lost,
      doubled,
      takenAway,
      ...(await this.#readCompactors()),
    };
  }

  async #readCompactors(): Promise<Pick<CrashResult, 'compactions' | 'complaints'>> {
    const text = await readFile(path.join(this.#options.folder, 'compactors'), 'utf8').catch(
      () => '',
    );
    const complaints: Record<string, number> = {};
    let compactions = 0;
    for (const line of text.split('\n')) {
      if (line.startsWith('done')) {
        compactions += 1;
      } else if (line !== '' && line !== 'busy') {
        complaints[line] = (complaints[line] ?? 0) + 1;
      }
    }
    return { compactions, complaints };
  }
}

function idOf(life: number): string {
  return life.toString(16).padStart(32, '0');
}

function isSame(one: object, other: object): boolean {
  const text = (value: object): string => JSON.stringify(Object.entries(value).sort());
  return text(one) === text(other);
}

function pause(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs));
}
