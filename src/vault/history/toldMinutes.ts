const minutesPerBlock = 1_440;
const minuteSeconds = 60;

/** Seconds told of each minute since the epoch, a byte each: ten years of them take five megabytes. */
export class ToldMinutes {
  readonly #blocks = new Map<number, Uint8Array>();

  /** Up to 60; 0 where nothing is told. */
  at(minute: number): number {
    const block = Math.floor(minute / minutesPerBlock);
    return this.#blocks.get(block)?.[minute - block * minutesPerBlock] ?? 0;
  }

  /** Sets what is told of a minute. */
  set(minute: number, seconds: number): void {
    const block = Math.floor(minute / minutesPerBlock);
    let told = this.#blocks.get(block);
    if (told === undefined) {
      told = new Uint8Array(minutesPerBlock);
      this.#blocks.set(block, told);
    }
    told[minute - block * minutesPerBlock] = Math.min(minuteSeconds, seconds);
  }

  /** Of these minutes together. */
  sum(fromMinute: number, toMinute: number): number {
    let sum = 0;
    for (let minute = fromMinute; minute < toMinute; minute++) {
      sum += this.at(minute);
    }
    return sum;
  }
}
