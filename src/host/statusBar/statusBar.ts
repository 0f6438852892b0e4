import * as vscode from 'vscode';
import type { FlowState } from '../../facts/flow.ts';
import { DisposableStore, type Disposable } from '../../base/disposable.ts';
import { hoursAndMinutes } from '../../facts/timeSpan.ts';
import { unknownShare } from '../../facts/unknownShare.ts';
import type { FlowReading } from '../../flow/flowReading.ts';
import type { DayReading } from '../../readings/dayReading.ts';
import type { VaultCondition } from '../../readings/vaultReading.ts';
import { commandId } from '../commandTable.ts';
import type { PartStatus, StatusLabel, StatusLink } from '../lazy/lazyPart.ts';
import type { Settings } from '../settings/settingTable.ts';
import {
  duration,
  featureTitle,
  readingName,
  spokenReading,
  spokenStateFor,
  stateSentence,
  sureness,
} from '../words.ts';

const minuteMs = 60_000;

/** The dot grows with the depth of flow. */
const stateIcons: Readonly<Record<FlowState, string>> = {
  unknown: 'circle',
  building: 'circle-small-filled',
  steady: 'circle-filled',
  inFlow: 'circle-large-filled',
  assisted: 'insert',
  reading: 'eye',
  away: 'eye-closed',
  paused: 'debug-pause',
};

export interface StatusBarContent {
  readonly reading: FlowReading;
  readonly vault: VaultCondition;
  /** Today's totals over all windows, when they are known. */
  readonly today: DayReading | undefined;
  /** The vault is open, and yet what is in it could not be read. */
  readonly hasReadingFailed: boolean;
  /** What the lazy parts add. */
  readonly parts: readonly PartStatus[];
}

interface Label extends StatusLabel {
  readonly isWarning: boolean;
}

/**
 * The one status-bar item. It shows a state and whole minutes, never a score or seconds, so that nothing
 * moves more than once a minute.
 */
export class StatusBar implements Disposable {
  readonly #store = new DisposableStore();
  #item: vscode.StatusBarItem | undefined;
  #display: Settings['statusBarDisplay'];
  #content: StatusBarContent | undefined;

  constructor(display: Settings['statusBarDisplay']) {
    this.#display = display;
    this.#store.add({ dispose: () => this.#item?.dispose() });
  }

  setDisplay(display: Settings['statusBarDisplay']): void {
    this.#display = display;
    this.#draw();
  }

  show(content: StatusBarContent): void {
    this.#content = content;
    this.#draw();
  }

  dispose(): void {
    this.#store.dispose();
  }

  #draw(): void {
    if (this.#display === 'off') {
      this.#item?.dispose();
      this.#item = undefined;
      return;
    }
    if (this.#content === undefined) {
      return;
    }
    const item = (this.#item ??= this.#createItem());
    const label = labelOf(this.#content);
    const text = this.#display === 'full' ? `$(${label.icon}) ${label.text}` : `$(${label.icon})`;
    // Each assignment crosses to the window's own process; most steps change nothing.
    if (item.text !== text) {
      item.text = text;
      item.accessibilityInformation = { label: label.spoken, role: 'button' };
      item.backgroundColor = label.isWarning
        ? new vscode.ThemeColor('statusBarItem.warningBackground')
        : undefined;
    }
    const tooltip = tooltipOf(this.#content);
    if (!(item.tooltip instanceof vscode.MarkdownString) || item.tooltip.value !== tooltip.value) {
      item.tooltip = tooltip;
    }
  }

  #createItem(): vscode.StatusBarItem {
    const item = vscode.window.createStatusBarItem(
      'millrace.flow',
      vscode.StatusBarAlignment.Right,
      100,
    );
    item.name = vscode.l10n.t('Millrace Flow');
    item.command = commandId('openDashboard');
    item.show();
    return item;
  }
}

/** What is said of a vault that takes nothing; `undefined` of one that does. */
function brokenLabel(vault: VaultCondition): Pick<Label, 'text' | 'spoken'> | undefined {
  switch (vault) {
    case 'unwritable':
      return {
        text: vscode.l10n.t('Vault not writable'),
        spoken: vscode.l10n.t('Millrace: vault not writable'),
      };
    case 'untrusted':
      return {
        text: vscode.l10n.t('Vault not trusted'),
        spoken: vscode.l10n.t('Millrace: vault not trusted'),
      };
    case 'damaged':
    case 'unusable':
      return {
        text: vscode.l10n.t('Vault damaged'),
        spoken: vscode.l10n.t('Millrace: vault damaged'),
      };
    case 'starting':
    case 'ready':
    case 'locked':
      return undefined;
  }
}

function labelOf({ reading, vault, parts }: StatusBarContent): Label {
  const broken = brokenLabel(vault);
  if (broken !== undefined) {
    return { icon: 'warning', ...broken, isWarning: true };
  }
  const label = firstLabel(parts);
  if (label !== undefined) {
    return { ...label, isWarning: false };
  }
  if (vault === 'locked' && reading.state !== 'paused') {
    const text = vscode.l10n.t('Vault locked');
    const spoken = vscode.l10n.t('Millrace: vault locked');
    return { icon: 'lock', text, spoken, isWarning: false };
  }
  const name = readingName(reading);
  const trouble = parts.find((part) => part.trouble !== undefined)?.trouble;
  if (trouble !== undefined) {
    return { icon: 'warning', text: name, spoken: trouble.spoken, isWarning: false };
  }
  const lastedMs = lastedOf(reading);
  const text = lastedMs < minuteMs ? name : `${name} ${shortDuration(lastedMs)}`;
  const spoken =
    lastedMs < minuteMs
      ? spokenReading(reading)
      : spokenStateFor(reading.state, spokenDuration(lastedMs));
  return { icon: stateIcons[reading.state], text, spoken, isWarning: false };
}

/** Only a deep state is worth a duration; the rest would only tick. */
function lastedOf(reading: FlowReading): number {
  if (reading.state === 'inFlow') {
    return reading.inFlowMs;
  }
  return reading.state === 'steady' ? reading.spellMs : 0;
}

function shortDuration(durationMs: number): string {
  const { hours, minutes } = hoursAndMinutes(durationMs);
  return hours === 0 ? `${minutes}m` : `${hours}h ${minutes}m`;
}

function spokenDuration(durationMs: number): string {
  const minutes = Math.round(durationMs / minuteMs);
  return minutes === 1 ? vscode.l10n.t('1 minute') : vscode.l10n.t('{0} minutes', minutes);
}

function tooltipOf(content: StatusBarContent): vscode.MarkdownString {
  const { reading, today, vault, hasReadingFailed, parts } = content;
  const tooltip = new vscode.MarkdownString('', true);
  // Only these links may run commands from the tooltip.
  tooltip.isTrusted = {
    enabledCommands: [
      commandId('openDashboard'),
      commandId('pauseTracking'),
      commandId('resumeTracking'),
      commandId('refreshDashboard'),
      commandId('startFocus'),
      ...parts.flatMap(({ links }) => links.map(({ command }) => commandId(command))),
    ],
  };
  tooltip.appendMarkdown(`**${readingName(reading)}**\n\n${stateSentence(reading)}\n\n`);
  if (reading.score !== undefined && reading.low !== undefined && reading.high !== undefined) {
    const likely = vscode.l10n.t(
      'Score {0}, {1}: likely {2} to {3}',
      Math.round(reading.score),
      sureness(reading.confidence),
      Math.round(reading.low),
      Math.round(reading.high),
    );
    tooltip.appendMarkdown(`${likely}\n\n| | |\n|:--|--:|\n`);
    for (const part of reading.contributions) {
      tooltip.appendMarkdown(`| ${featureTitle(part.feature)} | ${signed(part.points)} |\n`);
    }
    tooltip.appendMarkdown('\n\n');
  }
  tooltip.appendMarkdown('---\n\n');
  for (const { trouble, links } of parts) {
    const what = trouble === undefined ? '' : `$(warning) ${trouble.sentence} `;
    tooltip.appendMarkdown(`${what}${linksText(links)}\n\n`);
  }
  if (today !== undefined) {
    tooltip.appendMarkdown(`${todaySentence(today)}\n\n`);
  } else if (hasReadingFailed && vault === 'ready') {
    const again = `[$(refresh) ${vscode.l10n.t('Try Again')}](command:${commandId('refreshDashboard')})`;
    tooltip.appendMarkdown(
      `${vscode.l10n.t('Today could not be read from the vault.')} ${again}\n\n`,
    );
  }
  const toggle =
    reading.state === 'paused'
      ? `[$(debug-start) ${vscode.l10n.t('Resume')}](command:${commandId('resumeTracking')})`
      : `[$(debug-pause) ${vscode.l10n.t('Pause')}](command:${commandId('pauseTracking')})`;
  const open = `[$(graph) ${vscode.l10n.t('Dashboard')}](command:${commandId('openDashboard')})`;
  const start =
    firstLabel(parts) === undefined
      ? `[$(target) ${vscode.l10n.t('Start Focus Session')}](command:${commandId('startFocus')}) &nbsp; `
      : '';
  tooltip.appendMarkdown(`${start}${toggle} &nbsp; ${open}\n\n`);
  tooltip.appendMarkdown(
    vscode.l10n.t('From typing rhythm alone. Kept on this computer, encrypted.'),
  );
  return tooltip;
}

function firstLabel(parts: readonly PartStatus[]): StatusLabel | undefined {
  return parts.find(({ label }) => label !== undefined)?.label;
}

function linksText(links: readonly StatusLink[]): string {
  return links
    .map(({ icon, title, command }) => `[$(${icon}) ${title}](command:${commandId(command)})`)
    .join(' &nbsp; ');
}

function todaySentence(today: DayReading): string {
  const percent = 100 * unknownShare(today.seconds);
  return vscode.l10n.t(
    'Today: {0} focused, longest spell {1}, {2} % unknown',
    duration(today.focusedSeconds * 1000),
    duration(today.longestSpellSeconds * 1000),
    percent > 0 && percent < 0.5 ? '<1' : Math.round(percent),
  );
}

function signed(points: number): string {
  const rounded = Math.round(points);
  return rounded > 0 ? `+${rounded}` : String(rounded).replace('-', '\u2212');
}
