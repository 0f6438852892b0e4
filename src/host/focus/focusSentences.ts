import * as vscode from 'vscode';
import type { FocusFailure } from '../../focus/focusError.ts';
import type { ProgramFamily } from '../../focus/apps/programFamily.ts';
import { blockWayFacts, type BlockMethod } from '../../focus/sites/blockWayFacts.ts';
import { inEditorLanguage } from '../editorLanguage.ts';
import type { SiteRefusal } from '../../focus/sites/siteName.ts';

/** The words for blocking that its notices, dialogs and the dashboard share. */

const mostLines = 10;

/** A way of blocking, in a notice. */
export function methodName(method: BlockMethod): string {
  return inEditorLanguage(blockWayFacts[method].name);
}

/** A way of blocking, in a list of them. */
export function shortMethodName(method: BlockMethod): string {
  return inEditorLanguage(blockWayFacts[method].shortName);
}

/** What a failure means to the person, and what they can do about it. */
export function focusFailureSentence(reason: FocusFailure, lines: readonly number[] = []): string {
  const sentence = failureSentence(reason);
  return lines.length === 0
    ? sentence
    : `${sentence} ${vscode.l10n.t('Lines to look at: {0}', listed(lines))}`;
}

/** Whether a failure is one of undoing, so that something may still be blocked. */
export function isOfUndoing(reason: FocusFailure): boolean {
  return reason === 'unsure' || reason === 'notUndone' || reason === 'helperOld';
}

function listed(lines: readonly number[]): string {
  const shown = lines.slice(0, mostLines).join(', ');
  return lines.length > mostLines ? `${shown}, …` : shown;
}

function failureSentence(reason: FocusFailure): string {
  switch (reason) {
    case 'notWritable':
      return vscode.l10n.t(
        'It may not be written. For the hosts file, run "Show Hosts Helper Script" once, or use another way.',
      );
    case 'damagedSection':
      return vscode.l10n.t(
        'A mark of Millrace in the hosts file has lost its partner. Nothing was changed; remove the mark by hand.',
      );
    case 'unsure':
      return vscode.l10n.t(
        'Lines of the hosts file block names of your list and were not there before; nobody can tell who wrote them. Remove what you do not want, then run "Restore Everything Now": what is left then is yours.',
      );
    case 'notUndone':
      return vscode.l10n.t(
        'Entries of Millrace are still in the hosts file. Run "Restore Everything Now" in a moment.',
      );
    case 'pinned':
      return vscode.l10n.t(
        'Other lines of the hosts file give a name of your list an address, so that many programs still reach it.',
      );
    case 'helperOld':
      return vscode.l10n.t(
        'The hosts helper is an earlier version\'s. Run "Show Hosts Helper Script" and install it again.',
      );
    case 'contended':
      return vscode.l10n.t('Another program kept changing the same place. Try again in a moment.');
    case 'proxyInUse':
      return vscode.l10n.t('Your desktop already uses a proxy. Millrace replaces none.');
    case 'unsupported':
      return vscode.l10n.t('This computer has no setting that Millrace could change and put back.');
    case 'portTaken':
      return vscode.l10n.t('Another program has the port. Choose another one in the settings.');
    case 'helperFailed':
      return vscode.l10n.t('The hosts helper is missing or refused. Install it again.');
    case 'badName':
      return vscode.l10n.t('A name on the list can not be blocked in this way.');
    case 'malformed':
      return vscode.l10n.t('A file of Millrace holds something else. It was set aside.');
  }
}

/** How a way of blocking is, from its probe's code; `undefined` where there is nothing to say. */
export function readinessSentence(detail: string): string | undefined {
  switch (detail) {
    case 'companionNotPaired':
      return vscode.l10n.t('No browser is paired yet.');
    case 'companionNotConnected':
      return vscode.l10n.t('No paired browser is connected.');
    case 'companionNotServed':
      return vscode.l10n.t('The port for the browser companion could not be opened.');
    case 'proxyNotServed':
      return vscode.l10n.t('The port for the proxy could not be opened.');
    case 'proxyAddressToPaste':
      return vscode.l10n.t('Paste the PAC address into the settings of your browser or desktop.');
    case 'hostsMissing':
      return vscode.l10n.t('There is no hosts file.');
    case 'hostsPinned':
      return focusFailureSentence('pinned');
    case 'hostsHelperOld':
      return focusFailureSentence('helperOld');
    case 'hostsDamaged':
      return focusFailureSentence('damagedSection');
    case 'hostsNotWritable':
    case 'hostsHelperMissing':
      return focusFailureSentence('notWritable');
    default:
      return undefined;
  }
}

/** Why a name can't be on the list. */
export function refusalSentence(refusal: SiteRefusal): string {
  switch (refusal) {
    case 'empty':
      return vscode.l10n.t('Type a name, such as example.com.');
    case 'tooLong':
      return vscode.l10n.t('That is too long.');
    case 'wildcard':
      return vscode.l10n.t(
        'No wildcards: a name stands for what lies below it where that is possible.',
      );
    case 'address':
      return vscode.l10n.t('That is an address, not a name.');
    case 'local':
      return vscode.l10n.t('That is this computer or your own network.');
    case 'singleLabel':
    case 'malformed':
      return vscode.l10n.t('That is no name of a site.');
    case 'publicSuffix':
      return vscode.l10n.t(
        'Everybody can have a site below that name, so it stands for no site. Name the one that you mean.',
      );
    case 'updates':
      return vscode.l10n.t(
        'Updates of your system, browser or tools come from there, so it stays reachable.',
      );
    case 'protected':
      return vscode.l10n.t('Your own remote, proxy or editor needs that.');
  }
}

/** Why a program can't be on the list. */
export function appRefusalSentence(refusal: 'malformed' | ProgramFamily): string {
  switch (refusal) {
    case 'malformed':
      return vscode.l10n.t('That is no name of a program file.');
    case 'interpreter':
      return vscode.l10n.t(
        'Many programs run in that one. Millrace can not tell which, so it touches none of them.',
      );
    case 'work':
      return vscode.l10n.t('Your work may be in that one. Millrace does not touch it.');
    case 'system':
      return vscode.l10n.t('Your desktop or your system needs that one.');
  }
}
