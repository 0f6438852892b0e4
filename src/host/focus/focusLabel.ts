import * as vscode from 'vscode';
import type { FlowState } from '../../facts/flow.ts';
import type { FocusView } from '../../focus/session/focusView.ts';
import type { StatusLabel, StatusLink } from '../lazy/lazyPart.ts';

const minuteMs = 60_000;

/**
 * Makes the label of a running session. Its width changes at most once a minute: what it says of flow is taken
 * anew only when the minutes, or the phase, are other ones.
 */
export class FocusLabels {
  #key = '';
  #label: StatusLabel | undefined;

  labelOf(view: FocusView, flow: FlowState): StatusLabel {
    const minutes = Math.ceil(view.remainingMs / minuteMs);
    const key = `${view.id} ${view.phase} ${minutes}`;
    if (this.#label === undefined || key !== this.#key) {
      this.#key = key;
      this.#label = makeLabel(view, minutes, flow === 'inFlow');
    }
    return this.#label;
  }
}

function makeLabel({ kind, phase }: FocusView, minutes: number, isInFlow: boolean): StatusLabel {
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

/** What can be done with the session that runs. */
export function focusLinks({ phase }: FocusView): readonly StatusLink[] {
  return [
    phase === 'paused'
      ? { icon: 'debug-start', title: vscode.l10n.t('Resume Session'), command: 'resumeFocus' }
      : { icon: 'debug-pause', title: vscode.l10n.t('Pause Session'), command: 'pauseFocus' },
    { icon: 'add', title: vscode.l10n.t('Extend…'), command: 'extendFocus' },
    { icon: 'debug-stop', title: vscode.l10n.t('End Session'), command: 'endFocus' },
  ];
}
