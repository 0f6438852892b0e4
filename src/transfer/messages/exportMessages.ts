import * as v from 'valibot';
import { count } from '../../facts/guards.ts';

/** The jobs of export and import, as host and thread speak of them. */

export const exportFormats = ['json', 'csv', 'sqlite'] as const;
export type ExportForm = (typeof exportFormats)[number];

/** `2026-11-21`: a person's day. */
const dayText = v.pipe(v.string(), v.regex(/^\d{4}-\d\d-\d\d$/));

const exportParams = v.strictObject({
  /** Of the file; for CSV of the folder, which must not be there. */
  target: v.string(),
  format: v.picklist(exportFormats),
  /** Whether a file of this name may be replaced; a folder never is. */
  replaces: v.boolean(),
  /** The first and the last day, both included; `null` for everything. */
  days: v.nullable(v.strictObject({ from: dayText, to: dayText })),
});

const exported = v.strictObject({
  sessions: count,
  minutes: count,
  /** Records of all other kinds. */
  others: count,
  sizeBytes: count,
});

export const importSources = ['millrace', 'wakatime', 'activitywatch'] as const;
export type ImportSource = (typeof importSources)[number];

/**
 * Why something in a file is left out. `alreadyThere`: the vault has that time. `notCoding`: not spent in an editor.
 * `away`: minutes of it in which nobody was there. `badTime`: no time, one before 1990, or one that is still to come.
 * `badDuration`: negative, no number, of work more than a day, or of absence beyond tomorrow. `tooShort`: less than half a
 * second in any minute, or a sign of life with no other near it. `deletesOther`: a deletion of something that is here; an
 * import only ever adds.
 */
const leftOutReasons = [
  'alreadyThere',
  'notCoding',
  'away',
  'badTime',
  'badDuration',
  'tooShort',
  'deletesOther',
] as const;
export type LeftOutReason = (typeof leftOutReasons)[number];

/** This device's own storage, where `device.json` lies; without it what is imported has ids that any device gives it. */
const storage = v.optional(v.string());
const importParams = v.strictObject({ file: v.string(), storage });
const undoParams = v.strictObject({ storage });

const undone = v.strictObject({
  source: v.picklist(importSources),
  importedMs: count,
  /** Records that were taken away, and those that were left, as other devices hold them as well. */
  records: count,
  left: count,
});

/** What an import does, or would do. */
const importReport = v.strictObject({
  source: v.picklist(importSources),
  /** The first and the last day of what is in the file; `null` when there is nothing. */
  days: v.nullable(v.strictObject({ from: dayText, to: dayText })),
  /** What is in the file. */
  found: v.strictObject({ sessions: count, minutes: count, others: count }),
  /** What is added to the vault. */
  added: v.strictObject({ sessions: count, minutes: count, others: count }),
  /** Of what is added: sessions and other records that were deleted here before. */
  returning: count,
  /** Days of which the file tells how long, but not when; they are placed around noon. */
  daysWithoutTimes: count,
  /** Records of editors that no away status is known to belong to: nothing is taken off their time. */
  editorsWithoutAway: count,
  /** By reason: records, events or minutes. Reasons that nothing was left out for are not there. */
  leftOut: v.record(v.picklist(leftOutReasons), count),
});

export type ExportParams = v.InferOutput<typeof exportParams>;
export type Exported = v.InferOutput<typeof exported>;
export type ImportParams = v.InferOutput<typeof importParams>;
export type ImportReport = v.InferOutput<typeof importReport>;

/** What {@link TransferClient} can be asked for here. */
export const exportMessages = {
  export: { params: exportParams, result: exported },
  previewImport: { params: importParams, result: importReport },
  import: { params: importParams, result: importReport },
  /** Undoes the last import of this device that was not undone yet; `null` when there is none. */
  undoImport: {
    params: undoParams,
    result: v.strictObject({ undone: v.nullable(undone) }),
  },
} as const;

export type UndoParams = v.InferOutput<typeof undoParams>;
export type UndoResult = v.InferOutput<(typeof exportMessages)['undoImport']['result']>;
