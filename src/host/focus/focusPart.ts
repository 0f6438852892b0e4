import { DisposableStore } from '../../base/disposable.ts';
import { loggingEmitter, type Emitter, type Event } from '../../base/emitter.ts';
import { runDetached } from '../../base/log.ts';
import { SingleFlight } from '../../base/singleFlight.ts';
import { FocusService } from '../../focus/focusService.ts';
import type { FocusView } from '../../focus/session/focusView.ts';
import type { NaturalBreak } from '../../focus/session/sessionEnding.ts';
import { wouldCut } from '../../focus/sites/siteName.ts';
import type { FocusReading } from '../../readings/focusReading.ts';
import type { FocusWish } from '../../protocol/focusWish.ts';
import { hostsNeededHere } from './blocking/connectionFacts.ts';
import { FlowProtecting } from './protection/flowProtecting.ts';
import { FocusBlockState } from './blocking/focusBlockState.ts';
import { blockChoiceOf, blockingChoiceOf } from './blocking/focusChoice.ts';
import { FocusCommands } from './focusCommands.ts';
import type { CommandOf } from '../commandTable.ts';
import { FocusContexts } from './focusContexts.ts';
import { FocusCounting, type CountedStep } from './session/focusCounting.ts';
import { composeFocusReading, type WeekOfSessions } from './focusDashboard.ts';
import { FocusLabels, focusLinks } from './focusLabel.ts';
import { noticeFocus } from './focusNotices.ts';
import { FocusStoring } from './session/focusStoring.ts';
import { readinessSentence } from './focusSentences.ts';
import type { LoadedPart, PartStatus, PartWindow } from '../lazy/lazyPart.ts';
import { readingOfWeek } from './session/focusWeek.ts';
import type { LastReading } from '../vault/lastReading.ts';
import { NaturalBreaks } from './session/naturalBreaks.ts';
import { editorLanguage } from '../editorLanguage.ts';
import { watchNaturalBreaks } from './session/naturalBreakEvents.ts';
import { ProtectionItems } from './protection/protectionItems.ts';

/** How often it is looked whether something is still blocked. */
const blockLookMs = 15_000;

/** The focus service, joined to this window. */
export class FocusPart implements LoadedPart<FocusReading> {
  readonly #options: PartWindow;
  readonly #store = new DisposableStore();
  readonly #didChange: Emitter<void>;
  readonly #service: FocusService;
  readonly #commands: FocusCommands;
  readonly #blockState: FocusBlockState;
  readonly #storing: FocusStoring;
  readonly #protecting: FlowProtecting;
  readonly #counting: FocusCounting;
  readonly #breaks: NaturalBreaks;
  readonly #week: LastReading<WeekOfSessions>;
  readonly #contexts = new FocusContexts();
  readonly #labels = new FocusLabels();
  /** One after the other: each closes and opens servers. */
  readonly #choosing = new SingleFlight(() => this.#takeChoice());

  constructor(options: PartWindow) {
    this.#options = options;
    const { context, tracker, vault, clock, log, notices, settings } = options;
    this.#didChange = this.#store.add(loggingEmitter('the focus part', log));
    this.#service = this.#store.add(
      new FocusService({
        storageFolder: context.globalStorageUri.fsPath,
        cliFile: context.asAbsolutePath('dist/cli.js'),
        clock,
        log,
        language: editorLanguage(),
        surroundings: {
          flow: () => tracker.latest.state,
          isFocused: () => tracker.isFocused,
          wantsBreaks: () => settings().suggestsBreaks && this.#hasHadSessions,
        },
      }),
    );
    const { sessions } = this.#service;
    this.#blockState = new FocusBlockState({
      ...{ service: this.#service, settings, clock, log },
      reasonOf: readinessSentence,
    });
    this.#commands = new FocusCommands({
      ...{ service: this.#service, settings, notices, extensionUri: context.extensionUri, log },
      settled: () => this.#choosing.runAfresh(),
      onLifted: () => {
        this.#blockState.refresh();
      },
    });
    this.#storing = this.#store.add(new FocusStoring({ sessions, vault, clock, log }));
    this.#counting = new FocusCounting(this.#countedStep(), (seen) => {
      sessions.count(seen);
    });
    this.#breaks = new NaturalBreaks(this.#breakStep());
    const items = this.#store.add(
      new ProtectionItems((one) => {
        this.#protecting.undo(one);
      }),
    );
    this.#protecting = this.#store.add(
      new FlowProtecting({
        ...{ clock, log, sessions },
        flow: () => tracker.latest.state,
        isFocused: () => tracker.isFocused,
        optedIn: () => settings().flowProtections,
        inSession: () => sessions.view !== undefined,
        blockChoice: () => blockChoiceOf(settings(), hostsNeededHere()),
        holdNotices: (areHeld) => {
          notices.hold(areHeld);
        },
        show: (active) => {
          items.show(active);
        },
      }),
    );
    this.#week = this.#store.add(readingOfWeek(options));
  }

  /** Heals what was left, and joins what runs. */
  async start(): Promise<void> {
    const { tracker, clock, log, notices, settings } = this.#options;
    const service = this.#service;
    this.#store.add(
      noticeFocus({
        ...{ service, notices, settings, clock },
        isFocused: () => tracker.isFocused,
        begin: (kind) => this.#commands.begin(kind),
      }),
    );
    await service.start();
    await this.#choosing.runAfresh();
    const changed = (): void => {
      this.#changed();
    };
    this.#store.add(
      service.sessions.onDidChange(() => {
        this.#blockState.refresh();
        this.#spareWhatIsNeeded();
        changed();
      }),
    );
    this.#store.add(this.#blockState.onDidChange(changed));
    this.#store.add(this.#week.onDidChange(changed));
    this.#store.add(
      tracker.onDidStep(() => {
        this.#step();
      }),
    );
    this.#store.add(
      watchNaturalBreaks((what) => {
        this.#naturalBreak(what);
      }),
    );
    this.#store.add(
      clock.every(blockLookMs, () => {
        if (this.#blockState.isBlocking) {
          this.#blockState.refresh();
        }
      }),
    );
    runDetached(log, 'Saving focus sessions', this.#storing.store());
    this.#blockState.refresh();
    changed();
  }

  get status(): PartStatus | undefined {
    const view = this.#view;
    if (view === undefined) {
      return undefined;
    }
    const { state } = this.#options.tracker.latest;
    return { label: this.#labels.labelOf(view, state), links: focusLinks(view) };
  }

  dashboardState(isLocked: boolean): FocusReading {
    const { sites, apps } = this.#blockState.counts;
    return composeFocusReading({
      view: this.#view,
      settings: this.#options.settings(),
      blockedSites: sites,
      blockedApps: apps,
      ways: this.#blockState.ways,
      isBlocking: this.#blockState.isBlocking,
      week: isLocked ? undefined : this.#week.current,
    });
  }

  get onDidChange(): Event<void> {
    return this.#didChange.event;
  }

  get onDidStore(): Event<void> {
    return this.#storing.onDidStore;
  }

  run(command: CommandOf<'focus'>): Promise<void> {
    return this.#commands.run(command);
  }

  wish(wish: FocusWish): Promise<void> {
    return this.#commands.grant(wish);
  }

  settingsChanged(): void {
    const { log, settings } = this.#options;
    runDetached(log, 'Taking over the settings of blocking', this.#choosing.runAfresh());
    const block = blockChoiceOf(settings(), hostsNeededHere());
    runDetached(log, 'Changing the block', this.#service.sessions.changeBlock(block));
    this.#protecting.step();
    this.#changed();
  }

  refresh(): void {
    this.#blockState.refresh();
    // Never rejects.
    void this.#week.refresh();
  }

  dispose(): void {
    this.#store.dispose();
  }

  get #view(): FocusView | undefined {
    return this.#service.sessions.view;
  }

  /** The advice on breaks begins with the first session: who has none gets nothing written. */
  get #hasHadSessions(): boolean {
    const { session, outbox, stored } = this.#service.sessions.state;
    return session !== null || outbox.length > 0 || stored.length > 0;
  }

  async #takeChoice(): Promise<void> {
    await this.#service.choose(blockingChoiceOf(this.#options.settings(), hostsNeededHere()));
    this.#blockState.refresh();
  }

  #step(): void {
    this.#counting.step(this.#countedStep());
    this.#protecting.step();
    const what = this.#breaks.step(this.#breakStep());
    if (what !== undefined) {
      this.#naturalBreak(what);
    }
  }

  /** Another window may have begun the session, which does not know what this one's connections need. */
  #spareWhatIsNeeded(): void {
    const { order, session } = this.#service.sessions.state;
    if (order === null || order.by !== session?.id) {
      return;
    }
    const needed = hostsNeededHere();
    const sites = order.sites.filter((site) => !wouldCut(site, needed));
    if (sites.length < order.sites.length) {
      const { apps, methods } = order;
      const work = this.#service.sessions.changeBlock({ sites, apps, methods });
      runDetached(this.#options.log, 'Sparing what is needed', work);
    }
  }

  #naturalBreak(what: NaturalBreak): void {
    runDetached(this.#options.log, 'A natural break', this.#service.sessions.naturalBreak(what));
  }

  #changed(): void {
    this.#contexts.set({
      inSession: this.#view !== undefined,
      sessionPaused: this.#view?.phase === 'paused',
      blocking: this.#blockState.isBlocking,
    });
    this.#didChange.fire();
  }

  #countedStep(): CountedStep {
    const { clock, tracker } = this.#options;
    return {
      monotonicMs: clock.monotonicMs(),
      flow: tracker.latest.state,
      isFocused: tracker.isFocused,
    };
  }

  #breakStep(): ConstructorParameters<typeof NaturalBreaks>[0] {
    const { latest, isFocused } = this.#options.tracker;
    const { sinceLastEditMs } = latest.evidence;
    return { flow: latest.state, isFocused, sinceLastEditMs };
  }
}
