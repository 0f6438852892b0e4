import { DisposableStore, type Disposable } from '../../base/disposable.ts';
import { loggingEmitter, type Emitter, type Event } from '../../base/emitter.ts';
import { partStateNames, type PartStates, type PartWishes } from '../../protocol/dashboard.ts';
import { partOf, type PartCommand } from '../commandTable.ts';
import type { LazyPart, PartStatus, PartWindow } from './lazyPart.ts';
import { LazyPartHolder } from './lazyPartHolder.ts';

/**
 * The lazy parts by name: each that runs a command, and each that the dashboard shows with the state that it shows. None
 * has a state that the dashboard does not know.
 */
export type LazyPartList = Readonly<
  Record<ReturnType<typeof partOf>, LazyPart<unknown>> & {
    [Name in keyof PartStates]: LazyPart<NonNullable<PartStates[Name]>>;
  } & Record<string, LazyPart<PartStates[keyof PartStates] | undefined>>
>;

/** All lazy parts of a window. Nobody else needs to know which there are. */
export class WindowParts implements Disposable {
  readonly #store = new DisposableStore();
  readonly #didChange: Emitter<void>;
  readonly #didStore: Emitter<void>;
  readonly #holders: ReadonlyMap<string, LazyPartHolder>;

  constructor(parts: LazyPartList, window: PartWindow) {
    const { context, settings, clock, log } = window;
    const storageFolder = context.globalStorageUri.fsPath;
    this.#didChange = this.#store.add(loggingEmitter('the lazy parts', log));
    this.#didStore = this.#store.add(loggingEmitter('the lazy parts', log));
    this.#holders = new Map(
      Object.entries(parts).map(([name, part]) => [
        name,
        this.#store.add(
          new LazyPartHolder({
            ...{ name, clock, log, firstLookMs: part.firstLookMs, lookMs: part.lookMs },
            isNeeded: () => part.isNeeded({ storageFolder, settings: settings() }),
            load: () => part.load(window),
          }),
        ),
      ]),
    );
    for (const part of this.#all) {
      this.#store.add(
        part.onDidChange(() => {
          this.#didChange.fire();
        }),
      );
      this.#store.add(
        part.onDidStore(() => {
          this.#didStore.fire();
        }),
      );
    }
  }

  /** Begins to look now and then whether one is needed. */
  start(): void {
    for (const part of this.#all) {
      part.start();
    }
  }

  /** A part was loaded, or has changed since. */
  get onDidChange(): Event<void> {
    return this.#didChange.event;
  }

  /** Something of a part is in the vault now. */
  get onDidStore(): Event<void> {
    return this.#didStore.event;
  }

  /** What they add to the status bar. */
  get statuses(): readonly PartStatus[] {
    return this.#all.map(({ status }) => status).filter((status) => status !== undefined);
  }

  /** What the dashboard shows of them; `null` where it is not known. */
  dashboardStates(isLocked: boolean): PartStates {
    const states = partStateNames.map((name) => [name, this.#part(name).dashboardState(isLocked)]);
    // `Object.fromEntries` forgets the keys; that each part has the state of its key is the list's type.
    return Object.fromEntries(states) as PartStates;
  }

  /** @throws {Error} what loading the part threw */
  run(command: PartCommand): Promise<void> {
    return this.#part(partOf(command)).run(command);
  }

  /** @throws {Error} what loading the part threw */
  wish<Name extends keyof PartWishes>(name: Name, wish: PartWishes[Name]): Promise<void> {
    return this.#part(name).wish(wish);
  }

  settingsChanged(): void {
    for (const part of this.#all) {
      part.settingsChanged();
    }
  }

  /** Somebody looks at the dashboard: loads the parts that it shows. */
  refresh(): void {
    for (const name of partStateNames) {
      this.#part(name).refresh();
    }
  }

  dispose(): void {
    this.#store.dispose();
  }

  get #all(): readonly LazyPartHolder[] {
    return [...this.#holders.values()];
  }

  #part(name: string): LazyPartHolder {
    const part = this.#holders.get(name);
    if (part === undefined) {
      throw new Error(`There is no part ${name}`);
    }
    return part;
  }
}
