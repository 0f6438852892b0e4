import type {
  StoredKind,
  StoredOverview,
  StoredPage,
  StoredRecord,
} from '../../readings/storedReading.ts';

/** Records of one kind, as far back as they have been read, newest first. */
export interface StoredShelf {
  readonly records: readonly StoredRecord[];
  readonly hasMore: boolean;
  readonly state: 'reading' | 'read' | 'failed';
}

/** What is stored, as far as it has been read. */
export interface StoredView {
  readonly overview: StoredOverview | 'reading' | 'failed';
  /** Only the kinds that somebody has opened. */
  readonly shelves: Readonly<Partial<Record<StoredKind, StoredShelf>>>;
}

export interface StoredBookOptions {
  readonly loadOverview: () => Promise<StoredOverview>;
  readonly loadPage: (kind: StoredKind, beforeMs: number | null) => Promise<StoredPage>;
  readonly onChange: () => void;
}

/** Reads what is stored, page by page, and only what somebody opens. Nothing is kept once it is closed. */
export class StoredBook {
  readonly #options: StoredBookOptions;
  #view: StoredView = { overview: 'reading', shelves: {} };
  /** An answer of an earlier round comes too late. */
  #round = 0;

  constructor(options: StoredBookOptions) {
    this.#options = options;
  }

  get view(): StoredView {
    return this.#view;
  }

  /** Forgets everything, as when the vault is locked or the page is left. */
  close(): void {
    this.#round += 1;
    this.#view = { overview: 'reading', shelves: {} };
  }

  /** Reads from the start, and each kind that is open as far back as it was. What is on view stays until then. */
  async read(): Promise<void> {
    this.#round += 1;
    const round = this.#round;
    if (typeof this.#view.overview === 'string') {
      this.#set({ ...this.#view, overview: 'reading' });
    }
    const overview = await this.#options.loadOverview().catch(() => 'failed' as const);
    if (round !== this.#round) {
      return;
    }
    this.#set({ ...this.#view, overview });
    for (const { kind } of overview === 'failed' ? [] : overview.kinds) {
      const shelf = this.#view.shelves[kind];
      if (shelf !== undefined) {
        await this.#fill(kind, [], Math.max(1, shelf.records.length), round);
      }
    }
  }

  /** Reads the newest records of a kind, or those before what is on view. */
  async more(kind: StoredKind): Promise<void> {
    const shelf = this.#view.shelves[kind];
    if (shelf?.state === 'reading') {
      return;
    }
    const records = shelf?.records ?? [];
    this.#put(kind, { records, hasMore: shelf?.hasMore ?? true, state: 'reading' });
    await this.#fill(kind, records, records.length + 1, this.#round);
  }

  /** Adds pages until there are so many records, or no more. */
  async #fill(
    kind: StoredKind,
    known: readonly StoredRecord[],
    wanted: number,
    round: number,
  ): Promise<void> {
    let records = known;
    let hasMore = true;
    while (hasMore && records.length < wanted) {
      const page = await this.#options
        .loadPage(kind, records.at(-1)?.atMs ?? null)
        .catch(() => undefined);
      if (round !== this.#round) {
        return;
      }
      if (page === undefined) {
        const shown = this.#view.shelves[kind]?.records ?? records;
        this.#put(kind, { records: shown, hasMore: true, state: 'failed' });
        return;
      }
      const ids = new Set(records.map(({ id }) => id));
      const added = page.records.filter(({ id }) => !ids.has(id));
      records = [...records, ...added];
      // A page that brings nothing new would be asked for again and again.
      hasMore = page.hasMore && added.length > 0;
    }
    this.#put(kind, { records, hasMore, state: 'read' });
  }

  #put(kind: StoredKind, shelf: StoredShelf): void {
    this.#set({ ...this.#view, shelves: { ...this.#view.shelves, [kind]: shelf } });
  }

  #set(view: StoredView): void {
    this.#view = view;
    this.#options.onChange();
  }
}
