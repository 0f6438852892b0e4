import { dayAt } from '../../facts/localDay.ts';
import type { HistoryScorer, ScoredAnswer } from '../database/historyScorer.ts';
import { readFeedback } from '../kinds/feedbackKind.ts';
import { isImported } from '../record.ts';
import type { Database } from '../sqlite/database.ts';
import { sessionsBetween } from './dayQueries.ts';
import type { DayQuery } from './countedMinutes.ts';

const minuteMs = 60_000;

/** What is usual for the person, as a template, from the minutes that were recorded in a stretch of time. */
export function learnBaseline(
  database: Database,
  scorer: HistoryScorer,
  query: DayQuery,
  dayStartHour: number,
): Uint8Array {
  const run = scorer.begin();
  const recorded = sessionsBetween(database, query).filter(({ origin }) => !isImported(origin));
  for (const { samples, zoneOffsetMinutes } of recorded) {
    for (const sample of samples) {
      run.next(sample, dayAt(sample.minute * minuteMs, zoneOffsetMinutes, dayStartHour));
    }
  }
  return run.baseline();
}

/** What the person's answers teach, as a template. */
export function learnModel(
  database: Database,
  scorer: HistoryScorer,
  dayStartHour: number,
): Uint8Array {
  const answers: ScoredAnswer[] = [];
  for (const answer of readFeedback(database)) {
    const { atMs, zoneOffsetMinutes, rating, features } = answer;
    // Rhythm has nothing to say about reading, or about what an assistant wrote.
    if (features !== undefined && answer.activity === 'writing') {
      answers.push({ day: dayAt(atMs, zoneOffsetMinutes, dayStartHour), rating, features });
    }
  }
  return scorer.tune(answers);
}
