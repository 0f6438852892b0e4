import * as vscode from 'vscode';
import { DisposableStore } from '../../base/disposable.ts';
import { loggingEmitter, type Emitter, type Event } from '../../base/emitter.ts';
import type { SessionKind } from '../../facts/focusSession.ts';
import { describeError, runDetached } from '../../base/log.ts';
import { SingleFlight } from '../../base/singleFlight.ts';
import { FocusError } from '../../focus/focusError.ts';
import { FocusService } from '../../focus/focusService.ts';
import type { FocusView } from '../../focus/session/focusView.ts';
import type { NaturalBreak } from '../../focus/session/sessionEnding.ts';
import { blockWayFacts, isServer, waysThatAreOn } from '../../focus/sites/blockWayFacts.ts';
import { wouldCut } from '../../focus/sites/siteName.ts';
import type { FocusState } from '../../readings/focusReading.ts';
import type { FocusWish } from '../../protocol/focusWish.ts';
import { hostsNeededHere } from './blocking/connectionFacts.ts';
import { FlowProtecting } from './protection/flowProtecting.ts';
import { FocusBlockState } from './blocking/focusBlockState.ts';
import { blockChoiceOf, blockingChoiceOf } from './blocking/focusChoice.ts';
import { runFocusCommand } from './focusCommandActions.ts';
import type { CommandOf } from '../commandTable.ts';
import { FocusContexts } from './focusContexts.ts';
import { FocusCounting, type CountedStep } from './session/focusCounting.ts';
import { composeFocusState, type WeekOfSessions } from './focusDashboard.ts';
import { FocusLabels, focusLinks } from './focusLabel.ts';
import { noticeFocus } from './focusNotices.ts';
import { writeSetting } from '../settings/writeSetting.ts';
import { FocusStoring } from './session/focusStoring.ts';
import { grantFocusWish } from './grantFocusWish.ts';
import { focusFailureSentence, readinessSentence } from './focusSentences.ts';
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
export class FocusPart implements LoadedPart<FocusState> {
  readonly #options: PartWindow;
  readonly #store = new DisposableStore();
  readonly #didChange: Emitter<void>;
  readonly #service: FocusService;
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
        begin: (kind) => this.#begin(kind),
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

  dashboardState(isLocked: boolean): FocusState {
    const { sites, apps } = this.#blockState.counts;
    return composeFocusState({
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

  async run(command: CommandOf<'focus'>): Promise<void> {
    try {
      await runFocusCommand(command, this.#actions);
    } catch (error) {
      if (!FocusError.is(error)) {
        throw error;
      }
      this.#options.log.error('A focus command failed', { command, ...describeError(error) });
      void vscode.window.showErrorMessage(focusFailureSentence(error.reason));
    }
  }

  async wish(wish: FocusWish): Promise<void> {
    await grantFocusWish(wish, {
      ...this.#actions,
      run: (command) => {
        runDetached(this.#options.log, 'A focus command', this.run(command));
      },
    });
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

  get #actions(): Parameters<typeof runFocusCommand>[1] {
    const { context, settings, notices } = this.#options;
    return {
      ...{ service: this.#service, settings, notices, extensionUri: context.extensionUri },
      begin: (kind, minutes) => this.#begin(kind, minutes),
      restoreEverything: () => this.#restoreEverything(),
      settled: () => this.#choosing.runAfresh(),
    };
  }

  async #begin(kind: SessionKind, minutes?: number): Promise<void> {
    const settings = this.#options.settings();
    const usual = kind === 'break' ? settings.breakMinutes : settings.focusMinutes;
    const block = kind === 'break' ? undefined : blockChoiceOf(settings, hostsNeededHere());
    await this.#service.sessions.begin({ kind, plannedMs: (minutes ?? usual) * 60_000, block });
  }

  async #restoreEverything(): Promise<void> {
    const settings = this.#options.settings();
    const { restored, failed } = await this.#service.restoreEverything();
    for (const way of waysThatAreOn(settings)) {
      const { isOn, changesMachine } = blockWayFacts[way];
      if (isServer(way) && changesMachine) {
        // Else another window would set the desktop's address again.
        await writeSetting(isOn.key, false);
      }
    }
    this.#blockState.refresh();
    const [first] = failed;
    if (first !== undefined) {
      throw first.error;
    }
    void vscode.window.showInformationMessage(
      restored.length > 0
        ? vscode.l10n.t(
            'Everything is as it was before. A running session goes on without blocking.',
          )
        : vscode.l10n.t('Nothing of this computer is changed. Every block is lifted.'),
    );
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
