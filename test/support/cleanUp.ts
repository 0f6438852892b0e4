/**
 * What a suite has to undo. Each thing is added as soon as it is there, so that a `before` that fails half way
 * leaves nothing behind, and its own error is the one that is told.
 */
export class CleanUp {
  readonly #steps: (() => unknown)[] = [];

  /** Adds a step; a promise that it returns is waited for. */
  add(step: () => unknown): void {
    this.#steps.push(step);
  }

  /**
   * Undoes everything, the last first. A step that fails keeps none of the others from running.
   * @throws {AggregateError} of what failed
   */
  async run(): Promise<void> {
    const failures: unknown[] = [];
    for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop()) {
      try {
        await step();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) {
      throw new AggregateError(failures, `${failures.length} steps of the clean-up failed`);
    }
  }
}
