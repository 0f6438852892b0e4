import * as vscode from 'vscode';
import type { SessionKind } from '../../facts/focusSession.ts';
import type { FocusService } from '../../focus/focusService.ts';
import type { CommandOf } from '../commandTable.ts';
import { addBlockEntry, addSiteGroup, importSitesFromFile } from './blocking/focusListDialogs.ts';
import { openBlockingSettings } from './focusNotices.ts';
import { askEarlyReason, askLength } from './session/focusSessionDialogs.ts';
import { waysThatAreOn } from '../../focus/sites/blockWayFacts.ts';
import type { FocusSettings } from '../settings/settingTable.ts';
import {
  copyPacAddress,
  getCompanion,
  pairBrowser,
  showHostsHelper,
} from './blocking/focusSetupDialogs.ts';
import type { Notices } from '../notices/notices.ts';

export interface FocusActionOptions {
  readonly service: FocusService;
  readonly settings: () => FocusSettings;
  readonly notices: Notices;
  readonly extensionUri: vscode.Uri;
  /** Begins a session, of the usual length where none is given. */
  readonly begin: (kind: SessionKind, minutes?: number) => Promise<void>;
  readonly restoreEverything: () => Promise<void>;
  /** Resolves when the ways of blocking are as the settings say. */
  readonly settled: () => Promise<void>;
}

const usualExtensionMinutes = 15;

/** What each command of the focus part does. */
export async function runFocusCommand(
  command: CommandOf<'focus'>,
  options: FocusActionOptions,
): Promise<void> {
  const { service, begin } = options;
  const { sessions } = service;
  const settings = options.settings();
  switch (command) {
    case 'startFocus':
      await begin('focus');
      sayIfNothingBlocks(options);
      break;
    case 'startCustomFocus': {
      const title = vscode.l10n.t('Length of the Focus Session');
      const minutes = await askLength(title, settings.focusMinutes);
      if (minutes !== undefined) {
        await begin('custom', minutes);
        sayIfNothingBlocks(options);
      }
      break;
    }
    case 'takeBreak':
      await begin('break');
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
      await endSession(options);
      break;
    case 'restoreEverything':
      await options.restoreEverything();
      break;
    case 'getCompanion':
      await getCompanion(options.extensionUri);
      break;
    case 'pairBrowser':
      await pairBrowser(service, settings.companionIsOn, options.settled);
      break;
    case 'copyPacAddress':
      await copyPacAddress(service, settings.proxyIsOn, options.settled);
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
async function endSession({ service }: FocusActionOptions): Promise<void> {
  const { sessions } = service;
  const { view } = sessions;
  const isEarly = view !== undefined && view.kind !== 'break' && view.remainingMs > 0;
  const reason = isEarly ? await askEarlyReason() : undefined;
  // Another session may have begun while the question stood.
  if (view !== undefined && sessions.view?.id === view.id) {
    await sessions.end(reason);
  }
}

/** A list that nothing blocks would be a promise not kept; said until told not to. */
function sayIfNothingBlocks({ settings, notices }: FocusActionOptions): void {
  const now = settings();
  const hasSites = Object.values(now.blockedSites).some(Boolean);
  if (hasSites && waysThatAreOn(now).length === 0) {
    notices.reply(
      'focus.noWay',
      vscode.l10n.t('The sites of your list are not blocked: no way of blocking is switched on.'),
      [openBlockingSettings()],
    );
  }
}
