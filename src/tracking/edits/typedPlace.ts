/** A changed range with its place in the document as it was before the event. */
export interface RangeChange {
  readonly text: string;
  readonly rangeOffset: number;
  readonly rangeLength: number;
}

/**
 * Where a text stands that came with one edit, the same at each cursor, and how long it is. Offsets and counts are all
 * that is kept of it. One object, written over.
 */
export class TypedPlace {
  /** Where it begins, at the first cursor and at the last one. */
  first = 0;
  last = 0;
  cursors = 0;
  /** Length in UTF-16 code units at each cursor; 0 where nothing stands. */
  units = 0;
  graphemes = 0;
  /** How many of its characters were told as typed, and can be taken back. */
  counted = 0;
  /** It stands in the place of what an input method showed before. */
  isComposition = false;

  forget(): void {
    this.units = 0;
    this.isComposition = false;
  }

  /** Whether these are the very ranges where it stands. */
  isAt(first: number, last: number, cursors: number, units: number): boolean {
    return (
      units > 0 &&
      units === this.units &&
      first === this.first &&
      last === this.last &&
      cursors === this.cursors
    );
  }

  /** Whether these places are right behind it. */
  endsAt(first: number, last: number, cursors: number): boolean {
    return (
      this.units > 0 &&
      first === this.first + this.units &&
      last === this.last + this.units &&
      cursors === this.cursors
    );
  }

  /** Something of this length stands in its place now. */
  replaceBy(units: number): void {
    this.last += (this.cursors - 1) * (units - this.units);
    this.units = units;
  }

  /** Follows an edit elsewhere in the document. One that touches it leaves nothing to follow. */
  shiftBy(changes: readonly RangeChange[]): void {
    if (this.units === 0) {
      return;
    }
    let shift = 0;
    for (const { text, rangeOffset, rangeLength } of changes) {
      if (rangeOffset + rangeLength <= this.first) {
        shift += text.length - rangeLength;
      } else if (rangeOffset < this.last + this.units) {
        this.forget();
        return;
      }
    }
    this.first += shift;
    this.last += shift;
  }
}
