import { html, type TemplateResult } from 'lit';
import { unsafeHTML } from 'lit/directives/unsafe-html.js';
import add from '@vscode/codicons/src/icons/add.svg';
import archive from '@vscode/codicons/src/icons/archive.svg';
import arrowLeft from '@vscode/codicons/src/icons/arrow-left.svg';
import beaker from '@vscode/codicons/src/icons/beaker.svg';
import checklist from '@vscode/codicons/src/icons/checklist.svg';
import chevronDown from '@vscode/codicons/src/icons/chevron-down.svg';
import circle from '@vscode/codicons/src/icons/circle.svg';
import circleFilled from '@vscode/codicons/src/icons/circle-filled.svg';
import circleLargeFilled from '@vscode/codicons/src/icons/circle-large-filled.svg';
import circleSmallFilled from '@vscode/codicons/src/icons/circle-small-filled.svg';
import close from '@vscode/codicons/src/icons/close.svg';
import copy from '@vscode/codicons/src/icons/copy.svg';
import coffee from '@vscode/codicons/src/icons/coffee.svg';
import debugPause from '@vscode/codicons/src/icons/debug-pause.svg';
import edit from '@vscode/codicons/src/icons/edit.svg';
import discard from '@vscode/codicons/src/icons/discard.svg';
import error from '@vscode/codicons/src/icons/error.svg';
import eye from '@vscode/codicons/src/icons/eye.svg';
import eyeClosed from '@vscode/codicons/src/icons/eye-closed.svg';
import exporting from '@vscode/codicons/src/icons/export.svg';
import folder from '@vscode/codicons/src/icons/folder.svg';
import gear from '@vscode/codicons/src/icons/gear.svg';
import globe from '@vscode/codicons/src/icons/globe.svg';
import history from '@vscode/codicons/src/icons/history.svg';
import importing from '@vscode/codicons/src/icons/desktop-download.svg';
import info from '@vscode/codicons/src/icons/info.svg';
import insert from '@vscode/codicons/src/icons/insert.svg';
import key from '@vscode/codicons/src/icons/key.svg';
import lock from '@vscode/codicons/src/icons/lock.svg';
import passFilled from '@vscode/codicons/src/icons/pass-filled.svg';
import chevronLeft from '@vscode/codicons/src/icons/chevron-left.svg';
import chevronRight from '@vscode/codicons/src/icons/chevron-right.svg';
import output from '@vscode/codicons/src/icons/output.svg';
import play from '@vscode/codicons/src/icons/play.svg';
import refresh from '@vscode/codicons/src/icons/refresh.svg';
import search from '@vscode/codicons/src/icons/search.svg';
import plug from '@vscode/codicons/src/icons/plug.svg';
import shield from '@vscode/codicons/src/icons/shield.svg';
import sync from '@vscode/codicons/src/icons/sync.svg';
import table from '@vscode/codicons/src/icons/table.svg';
import target from '@vscode/codicons/src/icons/target.svg';
import trash from '@vscode/codicons/src/icons/trash.svg';
import unlock from '@vscode/codicons/src/icons/unlock.svg';
import verified from '@vscode/codicons/src/icons/verified.svg';
import warning from '@vscode/codicons/src/icons/warning.svg';
import window from '@vscode/codicons/src/icons/window.svg';
import type { FlowState } from '../../facts/flow.ts';

// Codicons, CC BY 4.0 (THIRD-PARTY-NOTICES.md), drawn inline: the page's policy allows neither font nor image.
const sources = {
  add,
  archive,
  arrowLeft,
  beaker,
  checklist,
  chevronDown,
  chevronLeft,
  chevronRight,
  circle,
  circleFilled,
  circleLargeFilled,
  circleSmallFilled,
  close,
  coffee,
  copy,
  debugPause,
  discard,
  edit,
  error,
  eye,
  eyeClosed,
  exporting,
  folder,
  gear,
  globe,
  history,
  importing,
  info,
  insert,
  key,
  lock,
  output,
  passFilled,
  play,
  plug,
  refresh,
  search,
  shield,
  sync,
  table,
  target,
  trash,
  unlock,
  verified,
  warning,
  window,
} as const;

export type IconName = keyof typeof sources;

/** A 16 px picture beside words that say the same; hidden from screen readers. */
export function icon(name: IconName, kind = ''): TemplateResult {
  // The markup is the bundler's copy of a package's file; nothing that arrives at run time gets here.
  return html`<span class="icon ${kind}" aria-hidden="true">${unsafeHTML(sources[name])}</span>`;
}

/** The same pictures as in the status bar: the dot grows with depth. */
export const stateIcons: Readonly<Record<FlowState, IconName>> = {
  unknown: 'circle',
  building: 'circleSmallFilled',
  steady: 'circleFilled',
  inFlow: 'circleLargeFilled',
  assisted: 'insert',
  reading: 'eye',
  away: 'eyeClosed',
  paused: 'debugPause',
};
