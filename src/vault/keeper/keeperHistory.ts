import type { DayQuery } from '../history/daySummary.ts';
import { sessionsBetween } from '../history/dayQueries.ts';
import { loadInsights } from '../history/insights.ts';
import { dayAt } from '../../base/localDay.ts';
import type { HistoryScorer, ScoredAnswer } from '../database/historyScorer.ts';
import { readFeedback } from '../database/ingest.ts';
import type { InsightsState } from '../../readings/insightsReading.ts';
import type { PastQuery } from './keeperContract.ts';
import type { Ledger } from './ledger.ts';
import { rulesOf, type HistoryPass } from '../database/rescoredHistory.ts';

/** How many sessions are scored again before other questions get their turn. */
const sessionsAtATime = 500;
const minuteMs = 60_000;

/** How far the past has been scored again, in sessions. */
export interface RescoreProgress {
  readonly done: number;
  readonly total: number;
  readonly isOver: boolean;
}

/** What the keeper does with the past and the rules that score it. Each call takes a ledger that is fresh. */
export class KeeperHistory {
  readonly #scorer: HistoryScorer;
  #pass: HistoryPass | undefined;

  constructor(scorer: HistoryScorer) {
    this.#scorer = scorer;
  }

  /** Whether the past is shown under earlier rules than the present ones. */
  isBehind(ledger: Ledger): boolean {
    return rulesOf(ledger.database) < this.#scorer.rules;
  }

  /** Scores some more of the past again; begins anew when the database is another than before. */
  advance(ledger: Ledger): RescoreProgress {
    let pass = this.#pass;
    if (!pass?.isOf(ledger.database)) {
      pass = ledger.beginPass(this.#scorer);
    }
    this.#pass = pass;
    const isOver = !pass.advance(sessionsAtATime);
    if (isOver) {
      this.#pass = undefined;
      ledger.noteRescored();
    }
    return { done: pass.done, total: pass.total, isOver };
  }

  /** What the last twelve weeks show of the person's own habits. */
  loadInsights(ledger: Ledger, query: PastQuery): InsightsState {
    return loadInsights(ledger.database, query);
  }

  /** What is usual for the person, as a template, from the minutes of a stretch of time. */
  learnBaseline(ledger: Ledger, query: DayQuery, dayStartHour: number): Uint8Array {
    const run = this.#scorer.begin();
    for (const { samples, zoneOffsetMinutes } of sessionsBetween(ledger.database, query)) {
      for (const sample of samples) {
        run.next(sample, dayAt(sample.minute * minuteMs, zoneOffsetMinutes, dayStartHour));
      }
    }
    return run.baseline();
  }

  /** What the person's answers teach, as a template. */
  learnModel(ledger: Ledger, dayStartHour: number): Uint8Array {
    const answers: ScoredAnswer[] = [];
    for (const answer of readFeedback(ledger.database)) {
      const { atMs, zoneOffsetMinutes, rating, features } = answer;
      // Rhythm has nothing to say about reading, or about what an assistant wrote.
      if (features !== undefined && answer.activity === 'writing') {
        answers.push({ day: dayAt(atMs, zoneOffsetMinutes, dayStartHour), rating, features });
      }
    }
    return this.#scorer.tune(answers);
  }
}
