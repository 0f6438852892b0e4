import type { Clock } from '../../base/clock.ts';
import type { HistoryScorer } from '../database/historyScorer.ts';
import { recordsOf } from '../database/recordsOf.ts';
import { rulesOf } from '../database/rescoredHistory.ts';
import { getTemplate, listTemplates } from '../database/templateStore.ts';
import { loadDay } from '../history/dayQueries.ts';
import { loadBestHours, loadHistory, loadWeek, neighboursOf } from '../history/historyQueries.ts';
import { loadInsights } from '../history/insights.ts';
import { learnBaseline, learnModel } from '../history/learning.ts';
import { loadStoredKinds, loadStoredPage } from '../history/storedRecords.ts';
import { focusSessionsBetween } from '../kinds/focusSessionRows.ts';
import { encodeRecord } from '../segments/recordCodec.ts';
import { bytesOnDisk } from '../folder/bytesOnDisk.ts';
import type { KeeperParams, KeeperResult, QuestionName } from './keeperContract.ts';
import type { Ledger } from '../ledger/ledger.ts';

/** What a question is answered from. */
export interface AnswerPlace {
  /** With everything that the folder holds now. */
  readonly ledger: Ledger;
  readonly folder: string;
  readonly scorer: HistoryScorer;
  readonly clock: Clock;
}

/** What answers each question. */
export const keeperAnswers: {
  readonly [N in QuestionName]: (
    params: KeeperParams<N>,
    place: AnswerPlace,
  ) => KeeperResult<N> | Promise<KeeperResult<N>>;
} = {
  loadDay: (query, { ledger }) => loadDay(ledger.database, query),
  loadPast: ({ today, dayStartHour, endMs }, { ledger }) => {
    ledger.rollUp(dayStartHour);
    return {
      history: loadHistory(ledger.database, today),
      week: loadWeek(ledger.database, today),
      bestHours: loadBestHours(ledger.database, endMs),
    };
  },
  loadInsights: (query, { ledger }) => loadInsights(ledger.database, query),
  loadFocus: (query, { ledger }) => focusSessionsBetween(ledger.database, query).map(encodeRecord),
  loadRecords: ({ id }, { ledger }) => recordsOf(ledger.database, id).map(encodeRecord),
  storedOverview: async (_, { ledger, folder }) => ({
    bytesOnDisk: await bytesOnDisk(folder),
    kinds: loadStoredKinds(ledger.database),
  }),
  storedPage: ({ beforeId, ...query }, { ledger }) =>
    loadStoredPage(ledger.database, { ...query, ...(beforeId !== undefined && { beforeId }) }),
  neighbours: ({ day, dayStartHour }, { ledger }) => {
    ledger.rollUp(dayStartHour);
    return neighboursOf(ledger.database, day);
  },
  getTemplates: ({ names, version }, { ledger, clock }) => {
    const wanted = { ...(version !== undefined && { version }), nowMs: clock.wallMs() };
    return names.flatMap((name) => getTemplate(ledger.database, name, wanted) ?? []);
  },
  listTemplates: (_, { ledger, clock }) => [...listTemplates(ledger.database, clock.wallMs())],
  isHistoryBehind: (_, { ledger, scorer }) => rulesOf(ledger.database) < scorer.rules,
  learnBaseline: ({ dayStartHour, ...query }, { ledger, scorer }) =>
    learnBaseline(ledger.database, scorer, query, dayStartHour),
  learnModel: ({ dayStartHour }, { ledger, scorer }) =>
    learnModel(ledger.database, scorer, dayStartHour),
};
