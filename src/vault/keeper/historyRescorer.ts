import type { HistoryScorer } from '../database/historyScorer.ts';
import type { HistoryPass } from '../database/rescoredHistory.ts';
import type { RescoreProgress } from './keeperContract.ts';
import type { Ledger } from '../ledger/ledger.ts';

/** How many sessions are scored again before other questions get their turn. */
const sessionsAtATime = 500;

/** Scores the past again, some of it at a time. */
export class HistoryRescorer {
  readonly #scorer: HistoryScorer;
  #pass: HistoryPass | undefined;

  constructor(scorer: HistoryScorer) {
    this.#scorer = scorer;
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
}
