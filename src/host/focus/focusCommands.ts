import * as vscode from 'vscode';
import type { SessionKind } from '../../facts/focusSession.ts';
import { describeError, runDetached, type Log } from '../../base/log.ts';
import { FocusError } from '../../focus/focusError.ts';
import type { FocusService } from '../../focus/focusService.ts';
import type { FocusSessions } from '../../focus/session/focusSessions.ts';
import { blockWayFacts, isServer, waysThatAreOn } from '../../focus/sites/blockWayFacts.ts';
import type { FocusWish } from '../../protocol/focusWish.ts';
import type { CommandOf } from '../commandTable.ts';
import { hostsNeededHere } from './blocking/connectionFacts.ts';
import { blockChoiceOf } from './blocking/focusChoice.ts';
import { addBlockEntry, addSiteGroup, importSitesFromFile } from './blocking/focusListDialogs.ts';
import {
  copyPacAddress,
  getCompanion,
  pairBrowser,
  showHostsHelper,
} from './blocking/focusSetupDialogs.ts';
import { leftOutOf } from './blocking/leftOut.ts';
import { openBlockingSettings } from './focusNotices.ts';
import { focusFailureSentence } from './focusSentences.ts';
import { askEarlyReason, askLength } from './session/focusSessionDialogs.ts';
import type { Notices } from '../notices/notices.ts';
import { mostMinutes, type FocusSettings } from '../settings/settingTable.ts';
import { writeSetting } from '../settings/writeSetting.ts';

export interface FocusCommandsOptions {
  readonly service: FocusService;
  readonly settings: () => FocusSettings;
  readonly notices: Notices;
  readonly extensionUri: vscode.Uri;
  /** Resolves when the ways of blocking are as the settings say. */
  readonly settled: () => Promise<void>;
  /** Something else than before may be blocked. */
  readonly onLifted: () => void;
  readonly log: Log;
}

const usualExtensionMinutes = 15;

/** What the person asks of focus sessions and blocking: commands, and wishes of the dashboard. */
export class FocusCommands {
  readonly #options: FocusCommandsOptions;
  readonly #sessions: FocusSessions;
  /** The names of which was said that they are not blocked. */
  #toldOf = '';

  constructor(options: FocusCommandsOptions) {
    this.#options = options;
    this.#sessions = options.service.sessions;
  }

  /** Runs a command; a way of blocking that fails is told to the person. @throws {Error} whatever else went wrong */
  async run(command: CommandOf<'focus'>): Promise<void> {
    try {
      await this.#run(command);
    } catch (error) {
      if (!FocusError.is(error)) {
        throw error;
      }
      this.#options.log.error('A focus command failed', { command, ...describeError(error) });
      void vscode.window.showErrorMessage(focusFailureSentence(error.reason, error.lines));
    }
  }

  /** Does what the dashboard asks; resolves when it is done, or when its question is asked. */
  async grant(wish: FocusWish): Promise<void> {
    const sessions = this.#sessions;
    const settings = this.#options.settings();
    switch (wish.wish) {
      case 'start':
        await this.begin(wish.kind, wish.minutes);
        break;
      case 'pause':
        await sessions.pause();
        break;
      case 'resume':
        await sessions.resume();
        break;
      case 'extend':
        await sessions.extend(wish.minutes * 60_000);
        break;
      case 'end':
        this.#ask('endFocus');
        break;
      case 'chooseLength':
        await writeSetting('focusMinutes', Math.min(wish.minutes, mostMinutes));
        break;
      case 'suggestBreaks':
        await writeSetting('suggestsBreaks', wish.isOn);
        break;
      case 'switchSite':
        if (Object.hasOwn(settings.blockedSites, wish.name)) {
          await writeSetting('blockedSites', {
            ...settings.blockedSites,
            [wish.name]: wish.isOn,
          });
        }
        break;
      case 'switchApp':
        if (Object.hasOwn(settings.blockedApps, wish.name)) {
          await writeSetting('blockedApps', {
            ...settings.blockedApps,
            [wish.name]: wish.isOn,
          });
        }
        break;
      case 'addEntry':
        this.#ask('addBlockEntry');
        break;
      case 'pairBrowser':
        this.#ask('pairBrowser');
        break;
      case 'restoreEverything':
        this.#ask('restoreEverything');
        break;
    }
  }

  /** Begins a session, of the usual length where none is given. */
  async begin(kind: SessionKind, minutes?: number): Promise<void> {
    const settings = this.#options.settings();
    const usual = kind === 'break' ? settings.breakMinutes : settings.focusMinutes;
    const block = kind === 'break' ? undefined : blockChoiceOf(settings, hostsNeededHere());
    await this.#sessions.begin({ kind, plannedMs: (minutes ?? usual) * 60_000, block });
  }

  /** Begins a command that asks the person something: the dashboard does not wait for it. */
  #ask(command: CommandOf<'focus'>): void {
    runDetached(this.#options.log, 'A focus command', this.run(command));
  }

  async #run(command: CommandOf<'focus'>): Promise<void> {
    const { service, extensionUri, settled } = this.#options;
    const sessions = this.#sessions;
    const settings = this.#options.settings();
    switch (command) {
      case 'startFocus':
        await this.begin('focus');
        this.#sayWhatIsNotBlocked();
        break;
      case 'startCustomFocus': {
        const title = vscode.l10n.t('Length of the Focus Session');
        const minutes = await askLength(title, settings.focusMinutes);
        if (minutes !== undefined) {
          await this.begin('custom', minutes);
          this.#sayWhatIsNotBlocked();
        }
        break;
      }
      case 'takeBreak':
        await this.begin('break');
        break;
      case 'pauseFocus':
        await sessions.pause();
        break;
      case 'resumeFocus':
        await sessions.resume();
        break;
      case 'extendFocus': {
        const title = vscode.l10n.t('Extend the Focus Session By');
        const minutes = await askLength(title, usualExtensionMinutes);
        if (minutes !== undefined) {
          await sessions.extend(minutes * 60_000);
        }
        break;
      }
      case 'endFocus':
        await this.#end();
        break;
      case 'restoreEverything':
        await this.#restoreEverything();
        break;
      case 'getCompanion':
        await getCompanion(extensionUri);
        break;
      case 'pairBrowser':
        await pairBrowser(service, settings.companionIsOn, settled);
        break;
      case 'copyPacAddress':
        await copyPacAddress(service, settings.proxyIsOn, settled);
        break;
      case 'showHostsHelper':
        await showHostsHelper();
        break;
      case 'addBlockEntry':
        await addBlockEntry(settings);
        break;
      case 'addSiteGroup':
        await addSiteGroup(settings);
        break;
      case 'importSites':
        await importSitesFromFile(settings);
        break;
    }
  }

  /** A reason is asked only of a focus session that has time left. */
  async #end(): Promise<void> {
    const sessions = this.#sessions;
    const { view } = sessions;
    const isEarly = view !== undefined && view.kind !== 'break' && view.remainingMs > 0;
    const reason = isEarly ? await askEarlyReason() : undefined;
    // Another session may have begun while the question stood.
    if (view !== undefined && sessions.view?.id === view.id) {
      await sessions.end(reason);
    }
  }

  /** A list that nothing blocks would be a promise not kept; said until told not to. */
  #sayWhatIsNotBlocked(): void {
    const now = this.#options.settings();
    const leftOut = leftOutOf(now, hostsNeededHere());
    const [first] = leftOut;
    const names = leftOut.map(({ name }) => name).join(', ');
    // Once in a window for each list: it is the same in the next session.
    if (first !== undefined && names !== this.#toldOf) {
      this.#toldOf = names;
      this.#options.notices.reply(
        'focus.leftOut',
        vscode.l10n.t(
          'On your list and not blocked: {0}. The first, because: {1}',
          names.slice(0, 200),
          first.reason,
        ),
        [openBlockingSettings()],
      );
    }
    const hasSites = Object.values(now.blockedSites).some(Boolean);
    if (hasSites && waysThatAreOn(now).length === 0) {
      this.#options.notices.reply(
        'focus.noWay',
        vscode.l10n.t('The sites of your list are not blocked: no way of blocking is switched on.'),
        [openBlockingSettings()],
      );
    }
  }

  async #restoreEverything(): Promise<void> {
    const { service, settings, onLifted } = this.#options;
    const waysBefore = waysThatAreOn(settings());
    const { restored, failed } = await service.restoreEverything();
    for (const way of waysBefore) {
      const { isOn, changesMachine } = blockWayFacts[way];
      if (isServer(way) && changesMachine) {
        // Else another window would set the desktop's address again.
        await writeSetting(isOn.key, false);
      }
    }
    onLifted();
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
}
