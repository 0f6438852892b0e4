import * as vscode from 'vscode';
import type { FlowState } from '../../base/flow.ts';
import type { FocusView } from '../../focus/session/focusView.ts';

const minuteMs = 60_000;

/** What the status bar shows while a session runs. */
export interface FocusLabel {
  readonly icon: string;
  readonly text: string;
  readonly spoken: string;
}

/**
 * Makes the label of a running session. Its width changes at most once a minute: what it says of flow is taken
 * anew only when the minutes, or the phase, are other ones.
 */
export class FocusLabels {
  #key = '';
  #label: FocusLabel | undefined;

  labelOf(view: FocusView, flow: FlowState): FocusLabel {
    const minutes = Math.ceil(view.remainingMs / minuteMs);
    const key = `${view.id} ${view.phase} ${minutes}`;
    if (this.#label === undefined || key !== this.#key) {
      this.#key = key;
      this.#label = makeLabel(view, minutes, flow === 'inFlow');
    }
    return this.#label;
  }
}

function makeLabel({ kind, phase }: FocusView, minutes: number, isInFlow: boolean): FocusLabel {
  const icon = phase === 'paused' ? 'debug-pause' : kind === 'break' ? 'coffee' : 'target';
  if (phase === 'overtime') {
    const text = kind === 'break' ? vscode.l10n.t('Break over') : vscode.l10n.t('Time is over');
    return { icon, text, spoken: `Millrace: ${text}` };
  }
  if (phase === 'paused') {
    return {
      icon,
      text: vscode.l10n.t('{0}m left, paused', minutes),
      spoken: vscode.l10n.t('Millrace: focus session paused, minutes left: {0}', minutes),
    };
  }
  if (kind === 'break') {
    return {
      icon,
      text: vscode.l10n.t('Break, {0}m left', minutes),
      spoken: vscode.l10n.t('Millrace: break, minutes left: {0}', minutes),
    };
  }
  return isInFlow
    ? {
        icon,
        text: vscode.l10n.t('{0}m left, in flow', minutes),
        spoken: vscode.l10n.t('Millrace: focus session, in flow, minutes left: {0}', minutes),
      }
    : {
        icon,
        text: vscode.l10n.t('{0}m left', minutes),
        spoken: vscode.l10n.t('Millrace: focus session, minutes left: {0}', minutes),
      };
}
