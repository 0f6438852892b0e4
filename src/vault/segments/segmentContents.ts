import type { VaultRecord } from '../record.ts';

/** What a segment's header says. */
export interface SegmentHeader {
  /** 32 lower-case hex digits: the process that wrote it. */
  readonly writerId: string;
  /** 0 for a writer's first segment, then one more each. */
  readonly number: number;
  readonly createdMs: number;
}

/** A hole in a segment: records that were there and cannot be read. */
export interface SegmentGap {
  /** How many at least. */
  readonly records: number;
  /** The place in the file that holds, or held, them. */
  readonly startByte: number;
  readonly endByte: number;
  /** Times of the last record before and the first record after the hole, where there are such. */
  readonly afterMs: number | undefined;
  readonly beforeMs: number | undefined;
}

/** What is wrong with a segment. The records that come with it are authentic all the same. */
interface SegmentDamage {
  /** One of the header's two copies is damaged. */
  readonly header: boolean;
  /** Bytes that should not be there, were changed and could be put right, or stood in another order. */
  readonly repairedRecords: number;
  readonly gaps: readonly SegmentGap[];
}

export interface SegmentContents {
  /** `undefined` when the file ends before its header does; then there are no records either. */
  readonly header: SegmentHeader | undefined;
  /** Every record that authenticates, each once, in the order in which they were written. */
  readonly records: readonly VaultRecord[];
  /** Authentic records of a type or schema version of a later Millrace. What holds any must not be discarded. */
  readonly unknownRecords: number;
  /**
   * `closed`: ends with the writer's end mark. `open`: ends between two records (still being written, or its
   * writer was killed). `torn`: ends within a record, which was never acknowledged.
   */
  readonly end: 'closed' | 'open' | 'torn';
  /** Bytes up to the end of the last authentic record. */
  readonly readBytes: number;
  readonly damage: SegmentDamage | undefined;
}
