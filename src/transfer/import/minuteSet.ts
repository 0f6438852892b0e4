const minutesPerBlock = 1_440;

/** A set of minutes since the epoch, one bit each, so that ten years of them take less than a megabyte. */
export class MinuteSet {
  readonly #blocks = new Map<number, Uint8Array>();

  add(minute: number): void {
    const block = Math.floor(minute / minutesPerBlock);
    let bits = this.#blocks.get(block);
    if (bits === undefined) {
      bits = new Uint8Array(minutesPerBlock / 8);
      this.#blocks.set(block, bits);
    }
    const place = minute - block * minutesPerBlock;
    bits[place >> 3] = (bits[place >> 3] ?? 0) | (1 << (place & 7));
  }

  has(minute: number): boolean {
    const block = Math.floor(minute / minutesPerBlock);
    const place = minute - block * minutesPerBlock;
    return (((this.#blocks.get(block)?.[place >> 3] ?? 0) >> (place & 7)) & 1) === 1;
  }
}
