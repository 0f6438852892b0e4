import * as vscode from 'vscode';
import { shownName } from '../dialogs/shownName.ts';
import type { Clock } from '../../base/clock.ts';
import { DisposableStore, type Disposable } from '../../base/disposable.ts';
import type { FocusSession } from '../../facts/focusSession.ts';
import { FocusError } from '../../focus/focusError.ts';
import type { FocusService } from '../../focus/focusService.ts';
import { foldName } from '../../focus/apps/processTable.ts';
import type { FocusSettings } from '../settings/settingTable.ts';
import { writeSetting } from '../settings/writeSetting.ts';
import { focusFailureSentence, isOfUndoing, methodName } from './focusSentences.ts';
import type { Notices } from '../notices/notices.ts';
import {
  whileAppIsListed,
  whileBreakIsDue,
  whileEndIsOpen,
  whileOverIsNews,
} from './session/stillDue.ts';
import { duration } from '../words.ts';

export interface FocusNoticesOptions {
  readonly service: FocusService;
  readonly notices: Notices;
  readonly settings: () => FocusSettings;
  readonly isFocused: () => boolean;
  readonly clock: Clock;
  /** Begins a session. */
  readonly begin: (kind: 'focus' | 'break') => Promise<void>;
}

const extensionMs = 10 * 60_000;
const quietMs = 60 * 60_000;

/** What is said of sessions, breaks, apps and blocking: little, once each, and never twice for one state. */
export function noticeFocus(options: FocusNoticesOptions): Disposable {
  const { service, notices, settings, clock } = options;
  const { sessions } = service;
  const store = new DisposableStore();
  let running = sessions.state.session;
  store.add(
    sessions.onDidChange(({ session, outbox }) => {
      const before = running;
      running = session;
      const ended = outbox.find(({ id }) => id === before?.id);
      if (ended === undefined) {
        return;
      }
      // Whoever has seen the question knows that the time is over; it may have waited for its turn in vain.
      const isUnseen = notices.clear('focus.ask') || ended.askedMs === undefined;
      if (ended.end?.by === 'time' && isUnseen && options.isFocused()) {
        sayOver(ended, options);
      }
    }),
  );
  store.add(
    sessions.onShouldAsk(({ plannedMs }) => {
      notices.ask(
        'focus.ask',
        vscode.l10n.t('The {0} that you planned are over.', duration(plannedMs)),
        [
          { title: vscode.l10n.t('End the Session'), run: () => sessions.end() },
          { title: vscode.l10n.t('10 Minutes More'), run: () => sessions.extend(extensionMs) },
        ],
        whileEndIsOpen(sessions, clock),
      );
    }),
  );
  store.add(
    sessions.onSuggestBreak((what) => {
      if (!settings().suggestsBreaks) {
        return;
      }
      notices.ask(
        'focus.break',
        what === 'overdue'
          ? vscode.l10n.t('A break was due before the computer slept. Take one now?')
          : vscode.l10n.t(
              'You have been at it for a while, and this is a good moment for a break.',
            ),
        [
          { title: vscode.l10n.t('Take a Break'), run: () => options.begin('break') },
          {
            title: vscode.l10n.t('Not Now'),
            run: () => sessions.quietBreaks(clock.wallMs() + quietMs),
          },
        ],
        whileBreakIsDue(sessions, () => settings().suggestsBreaks, clock),
      );
    }),
  );
  store.add(
    service.onAppWarning(({ name, endsInMs }) => {
      if (endsInMs === undefined) {
        notices.ask(
          'focus.app',
          vscode.l10n.t('{0} runs, and it is on your list for this session.', shownName(name)),
          [],
          whileAppIsListed(sessions, name),
        );
      } else {
        // Seconds are left to save what is in it, and the person has just opened it or begun the session.
        notices.reply(
          'focus.appEnds',
          vscode.l10n.t(
            '{0} is on your list and will be closed in {1} s. Save what you need in it.',
            shownName(name),
            Math.round(endsInMs / 1000),
          ),
          [{ title: vscode.l10n.t("Don't Close It"), run: () => keepApp(name, settings()) }],
        );
      }
    }),
  );
  store.add(
    service.onProblem(({ method, error }) => {
      const key = `focus.block.${method}`;
      if (error === undefined) {
        notices.clear(key);
        return;
      }
      const why = FocusError.is(error)
        ? focusFailureSentence(error.reason, error.lines)
        : vscode.l10n.t('The log says more.');
      notices.warn(key, problemSentence(methodName(method), why, error), [openBlockingSettings()]);
    }),
  );
  store.add(
    service.onPaired((browser) => {
      void vscode.window.showInformationMessage(
        vscode.l10n.t('Paired with {0}.', shownName(browser)),
      );
    }),
  );
  return store;
}

function problemSentence(way: string, why: string, error: unknown): string {
  if (FocusError.is(error, 'pinned')) {
    return vscode.l10n.t('{0}: not all sites are blocked. {1}', way, why);
  }
  return FocusError.is(error) && isOfUndoing(error.reason)
    ? vscode.l10n.t('{0}: sites may still be blocked. {1}', way, why)
    : vscode.l10n.t('{0}: sites are not blocked. {1}', way, why);
}

/** The button that leads to the ways of blocking. */
export function openBlockingSettings(): { title: string; run: () => unknown } {
  return {
    title: vscode.l10n.t('Open Settings'),
    run: () => vscode.commands.executeCommand('workbench.action.openSettings', 'millrace.blocking'),
  };
}

function sayOver({ kind }: FocusSession, options: FocusNoticesOptions): void {
  const { service, notices, begin, settings, clock } = options;
  const isStillDue = whileOverIsNews(service.sessions, clock);
  const start = { title: vscode.l10n.t('Start Another'), run: () => begin('focus') };
  if (kind === 'break') {
    notices.ask('focus.breakOver', vscode.l10n.t('The break is over.'), [start], isStillDue);
    return;
  }
  const rest = {
    title: vscode.l10n.t('Take a Break of {0} min', settings().breakMinutes),
    run: () => begin('break'),
  };
  notices.ask('focus.over', vscode.l10n.t('The focus session is over.'), [rest, start], isStillDue);
}

function keepApp(name: string, { closedApps }: FocusSettings): Promise<void> {
  const folded = foldName(name);
  return writeSetting(
    'closedApps',
    closedApps.filter((one) => foldName(one) !== folded),
  );
}
