import { flowStates } from '../../facts/flow.ts';
import { dayAt, type DayNumber } from '../../facts/localDay.ts';
import type { MinuteSample } from '../../facts/minuteSample.ts';
import type { Database } from '../sqlite/database.ts';
import type { HistoryRun, HistoryScorer } from './historyScorer.ts';
import { readSamples } from '../codecs/minuteSeries.ts';
import { originOf } from '../codecs/rowValues.ts';
import { isImported } from '../record.ts';
import { VaultError } from '../vaultError.ts';

/** History under later rules than those it was recorded under, beside what was recorded. */

const minuteMs = 60_000;
const bytesPerReading = 2;
const noScore = 255;
/** The rules of a vault that was never scored again. */
const firstRules = 1;

/** Under which rules the database shows the past. */
export function rulesOf(database: Database): number {
  const rules = database.row("SELECT value FROM meta WHERE key = 'rules'")?.value(0);
  return typeof rules === 'number' && rules >= firstRules ? rules : firstRules;
}

export function setRules(database: Database, rules: number): void {
  database.run("INSERT OR REPLACE INTO meta (key, value) VALUES ('rules', ?)", [rules]);
}

/** Scores all sessions again, some at a time, so that other questions come in between. */
export class HistoryPass {
  readonly #database: Database;
  readonly #scorer: HistoryScorer;
  readonly #dayStartHour: number;
  readonly #run: HistoryRun;
  /** What other programs told has a line of its own, so that it changes no reading of what was recorded. */
  readonly #importedRun: HistoryRun;
  readonly total: number;
  #done = 0;
  #lastStartMs = -Infinity;
  #lastNumber = -1;

  constructor(database: Database, scorer: HistoryScorer, dayStartHour: number) {
    this.#database = database;
    this.#scorer = scorer;
    this.#dayStartHour = dayStartHour;
    this.#run = scorer.begin();
    this.#importedRun = scorer.begin();
    this.total = database.row('SELECT count(*) FROM sessions')?.number(0) ?? 0;
  }

  /** Whether this is the database that is being scored. */
  isOf(database: Database): boolean {
    return database === this.#database;
  }

  /** Sessions scored so far. */
  get done(): number {
    return this.#done;
  }

  /**
   * Scores the next sessions. Once none is left, the database shows all of the past under the new rules.
   * @returns false when it was the last of them
   */
  advance(sessions: number): boolean {
    const rows = this.#database.rows(
      `SELECT number, start_ms, zone_offset_minutes, series, origin FROM sessions
       WHERE start_ms > ? OR (start_ms = ? AND number > ?) ORDER BY start_ms, number LIMIT ?`,
      [this.#lastStartMs, this.#lastStartMs, this.#lastNumber, sessions],
    );
    this.#database.transaction(() => {
      for (const row of rows) {
        this.#lastNumber = row.number(0);
        this.#lastStartMs = row.number(1);
        const run = isImported(originOf(row.number(4))) ? this.#importedRun : this.#run;
        const readings = this.#readingsOf(run, readSamples(row.blob(3)), row.number(2));
        this.#database.run('INSERT OR REPLACE INTO rescored VALUES (?, ?, ?)', [
          this.#lastNumber,
          this.#scorer.rules,
          readings,
        ]);
      }
      if (rows.length < sessions) {
        setRules(this.#database, this.#scorer.rules);
      }
    });
    this.#done += rows.length;
    return rows.length === sessions;
  }

  #readingsOf(
    run: HistoryRun,
    samples: readonly MinuteSample[],
    zoneOffsetMinutes: number,
  ): Uint8Array {
    const readings = new Uint8Array(samples.length * bytesPerReading);
    for (const [index, sample] of samples.entries()) {
      const { state, score } = run.next(sample, this.#dayOf(sample, zoneOffsetMinutes));
      readings[index * bytesPerReading] = flowStates.indexOf(state);
      readings[index * bytesPerReading + 1] = score === undefined ? noScore : Math.round(score);
    }
    return readings;
  }

  #dayOf(sample: MinuteSample, zoneOffsetMinutes: number): DayNumber {
    return dayAt(sample.minute * minuteMs, zoneOffsetMinutes, this.#dayStartHour);
  }
}

/**
 * The samples of a whole series as they read under later rules. A series that has grown since keeps its own
 * readings until it is scored again.
 * @throws {VaultError} `damaged` when a reading names no state
 */
export function underLaterRules(
  samples: readonly MinuteSample[],
  readings: Uint8Array,
): readonly MinuteSample[] {
  if (readings.length !== samples.length * bytesPerReading) {
    return samples;
  }
  return samples.map((sample, index) => {
    const state = flowStates[readings[index * bytesPerReading] ?? flowStates.length];
    if (state === undefined) {
      throw new VaultError('damaged', 'A reading names a state that there is not');
    }
    const score = readings[index * bytesPerReading + 1];
    return { ...sample, state, score: score === noScore ? undefined : score };
  });
}
