import {
  firstPreviousTag,
  frameLengthAt,
  frameOverheadBytes,
  openFrame,
  tagBytes,
  tagOf,
  withComputedTag,
  type SegmentCipher,
} from './segmentFormat.ts';

/** An authentic record and where it stands. */
export interface FoundRecord {
  readonly sequence: number;
  readonly start: number;
  readonly end: number;
  readonly plain: Uint8Array;
  /** The tag that the next record was sealed with; not always the one in the file. */
  readonly tag: Uint8Array;
}

/** Where reading stopped: the next record's number, its place, and the tag before it. */
export interface ChainState {
  readonly sequence: number;
  readonly offset: number;
  readonly previousTag: Uint8Array;
}

export const chainStart = (offset: number): ChainState => ({
  sequence: 0,
  offset,
  previousTag: firstPreviousTag,
});

/** Reads records one behind the other until the end or the first that does not authenticate. */
export function readChain(
  bytes: Uint8Array,
  cipher: SegmentCipher,
  from: ChainState,
): { readonly found: FoundRecord[]; readonly state: ChainState } {
  const found: FoundRecord[] = [];
  let { sequence, offset, previousTag } = from;
  for (;;) {
    const record = openAt(bytes, cipher, offset, sequence, previousTag);
    if (record === undefined) {
      return { found, state: { sequence, offset, previousTag } };
    }
    found.push(record);
    sequence += 1;
    offset = record.end;
    previousTag = record.tag;
  }
}

/** Bounds the work on a hostile file: about a second of Poly1305. */
const trialBudgetBytes = 64 << 20;
/** How many records may be missing at one place beyond those that the bytes there could hold. */
const missingSlack = 8;

/** What was saved, in the order of its numbers, and how much of it was damaged or out of place itself. */
export interface SavedRecords {
  readonly found: readonly FoundRecord[];
  readonly repaired: number;
}

/**
 * Finds what is authentic behind a place where the chain breaks. Nothing is accepted that the cipher does not
 * authenticate, under its own number, exactly once; order in the file proves nothing and is not needed.
 */
export function saveRecords(
  bytes: Uint8Array,
  cipher: SegmentCipher,
  broken: ChainState,
): SavedRecords {
  return new SegmentRepair(bytes, cipher).run(broken);
}

class SegmentRepair {
  readonly #bytes: Uint8Array;
  readonly #cipher: SegmentCipher;
  readonly #bySequence = new Map<number, FoundRecord>();
  #budgetBytes = trialBudgetBytes;
  #repaired = 0;

  constructor(bytes: Uint8Array, cipher: SegmentCipher) {
    this.#bytes = bytes;
    this.#cipher = cipher;
  }

  run(broken: ChainState): SavedRecords {
    const unclaimed = this.#scan(broken);
    do {
      while (this.#chainByTags(broken, unclaimed));
    } while (this.#mendFrames(broken));
    const found = [...this.#bySequence.values()].sort(
      (one, other) => one.sequence - other.sequence,
    );
    return { found, repaired: this.#repaired };
  }

  /**
   * Looks at every byte for a frame that follows the tag right before it, as each does whose predecessor's
   * tag is whole. Returns where frames could begin that do not.
   */
  #scan(broken: ChainState): number[] {
    const unclaimed: number[] = [];
    let { sequence, offset } = broken;
    let holeStart = offset;
    while (offset < this.#bytes.length) {
      const length = frameLengthAt(this.#bytes, offset);
      let record: FoundRecord | undefined;
      if (length !== undefined) {
        const previousTag = this.#bytes.subarray(offset - tagBytes, offset);
        const most =
          sequence + missingSlack + Math.floor((offset - holeStart) / (frameOverheadBytes + 2));
        for (let guess = sequence; guess <= most && record === undefined; guess++) {
          record = this.#try(offset, guess, previousTag);
        }
        if (record === undefined) {
          unclaimed.push(offset);
        }
      }
      if (record === undefined) {
        offset += 1;
      } else {
        this.#bySequence.set(record.sequence, record);
        sequence = record.sequence + 1;
        offset = record.end;
        holeStart = offset;
      }
    }
    return unclaimed;
  }

  /** Puts records that stand elsewhere in their place: moved, swapped, or behind something foreign. */
  #chainByTags(broken: ChainState, unclaimed: number[]): boolean {
    let progress = false;
    for (const { sequence, tag } of this.#openEnds(broken)) {
      for (const [index, offset] of unclaimed.entries()) {
        const record = this.#try(offset, sequence, tag);
        if (record !== undefined) {
          this.#bySequence.set(sequence, record);
          this.#repaired += 1;
          unclaimed.splice(index, 1);
          progress = true;
          break;
        }
      }
    }
    return progress;
  }

  /**
   * Puts right a damaged length field (the bytes up to the next record is the length) and a damaged tag (the
   * next record was sealed with the right one, and so vouches for the ciphertext that yields it).
   */
  #mendFrames(broken: ChainState): boolean {
    for (const { sequence, offset, tag } of this.#openEnds(broken)) {
      const next = this.#nextStart(offset);
      const frame = this.#bytes.subarray(offset, next);
      if (frame.length > frameOverheadBytes) {
        const plain = this.#open(sequence, tag, frame);
        if (plain !== undefined) {
          this.#bySequence.set(sequence, {
            sequence,
            start: offset,
            end: next,
            plain,
            tag: tagOf(frame),
          });
          this.#repaired += 1;
          return true;
        }
      }
      if (this.#mendTag(sequence, offset, tag)) {
        return true;
      }
    }
    return false;
  }

  #mendTag(sequence: number, offset: number, previousTag: Uint8Array): boolean {
    const length = frameLengthAt(this.#bytes, offset);
    if (length === undefined || this.#bySequence.has(sequence + 1)) {
      return false;
    }
    const end = offset + length;
    const mended = withComputedTag(
      this.#cipher,
      sequence,
      previousTag,
      this.#bytes.subarray(offset, end),
    );
    const witness = this.#try(end, sequence + 1, tagOf(mended));
    const plain = witness && this.#open(sequence, previousTag, mended);
    if (witness === undefined || plain === undefined) {
      return false;
    }
    this.#bySequence.set(sequence, { sequence, start: offset, end, plain, tag: tagOf(mended) });
    this.#bySequence.set(witness.sequence, witness);
    this.#repaired += 1;
    return true;
  }

  /** Every place after an authentic record whose successor is not found. */
  #openEnds(
    broken: ChainState,
  ): { readonly sequence: number; readonly offset: number; readonly tag: Uint8Array }[] {
    return [
      { sequence: broken.sequence, offset: broken.offset, tag: broken.previousTag },
      ...[...this.#bySequence.values()].map((record) => ({
        sequence: record.sequence + 1,
        offset: record.end,
        tag: record.tag,
      })),
    ].filter(({ sequence }) => !this.#bySequence.has(sequence));
  }

  #nextStart(offset: number): number {
    let next = this.#bytes.length;
    for (const { start } of this.#bySequence.values()) {
      if (start >= offset && start < next) {
        next = start;
      }
    }
    return next;
  }

  #try(offset: number, sequence: number, previousTag: Uint8Array): FoundRecord | undefined {
    const length = frameLengthAt(this.#bytes, offset);
    if (length === undefined || this.#bySequence.has(sequence) || !this.#spend(length)) {
      return undefined;
    }
    return openAt(this.#bytes, this.#cipher, offset, sequence, previousTag);
  }

  #open(sequence: number, previousTag: Uint8Array, frame: Uint8Array): Uint8Array | undefined {
    return this.#spend(frame.length)
      ? openFrame(this.#cipher, sequence, previousTag, frame)
      : undefined;
  }

  #spend(bytes: number): boolean {
    this.#budgetBytes -= bytes + 256;
    return this.#budgetBytes > 0;
  }
}

function openAt(
  bytes: Uint8Array,
  cipher: SegmentCipher,
  offset: number,
  sequence: number,
  previousTag: Uint8Array,
): FoundRecord | undefined {
  const length = frameLengthAt(bytes, offset);
  if (length === undefined) {
    return undefined;
  }
  const end = offset + length;
  const frame = bytes.subarray(offset, end);
  const plain = openFrame(cipher, sequence, previousTag, frame);
  return plain && { sequence, start: offset, end, plain, tag: tagOf(frame) };
}
