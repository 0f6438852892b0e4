import * as vscode from 'vscode';
import type { FeatureName, FlowState } from '../facts/flow.ts';
import { surenessOf } from '../facts/sureness.ts';
import { hoursAndMinutes, isUnderAMinute } from '../facts/timeSpan.ts';
import type { FlowReading } from '../flow/flowReading.ts';

/** The words for states, features and spans of time that the status bar and its tooltip share. */

const minuteMs = 60_000;

function stateName(state: FlowState): string {
  switch (state) {
    case 'unknown':
      return vscode.l10n.t('Unknown');
    case 'building':
      return vscode.l10n.t('Building');
    case 'steady':
      return vscode.l10n.t('Steady');
    case 'inFlow':
      return vscode.l10n.t('In flow');
    case 'assisted':
      return vscode.l10n.t('Assisted');
    case 'reading':
      return vscode.l10n.t('Reading');
    case 'away':
      return vscode.l10n.t('Away');
    case 'paused':
      return vscode.l10n.t('Paused');
  }
}

/** What a screen reader says of the status bar: a sentence of its own, as not every language writes states small. */
function spokenState(state: FlowState): string {
  switch (state) {
    case 'unknown':
      return vscode.l10n.t('Millrace: unknown');
    case 'building':
      return vscode.l10n.t('Millrace: building');
    case 'steady':
      return vscode.l10n.t('Millrace: steady');
    case 'inFlow':
      return vscode.l10n.t('Millrace: in flow');
    case 'assisted':
      return vscode.l10n.t('Millrace: assisted');
    case 'reading':
      return vscode.l10n.t('Millrace: reading');
    case 'away':
      return vscode.l10n.t('Millrace: away');
    case 'paused':
      return vscode.l10n.t('Millrace: paused');
  }
}

/** As {@link spokenReading}, with how long it has lasted; only the deep states last. */
export function spokenStateFor(state: FlowState, lasted: string): string {
  switch (state) {
    case 'steady':
      return vscode.l10n.t('Millrace: steady for {0}', lasted);
    case 'inFlow':
      return vscode.l10n.t('Millrace: in flow for {0}', lasted);
    case 'unknown':
    case 'building':
    case 'assisted':
    case 'reading':
    case 'away':
    case 'paused':
      return spokenState(state);
  }
}

export function featureTitle(feature: FeatureName): string {
  switch (feature) {
    case 'rhythm':
      return vscode.l10n.t('Even rhythm');
    case 'focus':
      return vscode.l10n.t('Engaged time');
    case 'consistency':
      return vscode.l10n.t('Consistency');
    case 'error':
      return vscode.l10n.t('Corrections');
    case 'velocity':
      return vscode.l10n.t('Typing pace');
  }
}

/** "Fairly sure", from a confidence of 0-1. */
export function sureness(confidence: number): string {
  switch (surenessOf(confidence)) {
    case 'low':
      return vscode.l10n.t('not very sure');
    case 'fair':
      return vscode.l10n.t('fairly sure');
    case 'high':
      return vscode.l10n.t('quite sure');
  }
}

/** "<1 min", "46 min" or "3 h 11 min". */
export function duration(durationMs: number): string {
  if (isUnderAMinute(durationMs)) {
    return vscode.l10n.t('<1 min');
  }
  const { hours, minutes } = hoursAndMinutes(durationMs);
  return hours === 0
    ? vscode.l10n.t('{0} min', minutes)
    : vscode.l10n.t('{0} h {1} min', hours, minutes);
}

/** Why there is a score or none, in one sentence. */
/** Nothing is known, and it is because of what is in front. */
function isUntold({ state, evidence }: FlowReading): boolean {
  return state === 'unknown' && evidence.isUntold === true;
}

/** The state's name, or that it can't be told from what is in front. */
export function readingName(reading: FlowReading): string {
  return isUntold(reading) ? vscode.l10n.t("Can't tell here") : stateName(reading.state);
}

/** What a screen reader says of {@link readingName}. */
export function spokenReading(reading: FlowReading): string {
  return isUntold(reading)
    ? vscode.l10n.t("Millrace: can't tell here")
    : spokenState(reading.state);
}

export function stateSentence(reading: FlowReading): string {
  const { evidence } = reading;
  switch (reading.state) {
    case 'unknown':
      if (isUntold(reading)) {
        return vscode.l10n.t(
          'VS Code does not say what is typed in what is in front, as in a very large file.',
        );
      }
      return vscode.l10n.t(
        'Too few edits to say: {0} of {1} in three minutes',
        evidence.edits,
        evidence.editsNeeded,
      );
    case 'building':
    case 'steady':
      return spellSentence(reading.spellMs);
    case 'inFlow':
      return reading.inFlowMs < minuteMs
        ? spellSentence(reading.spellMs)
        : vscode.l10n.t(
            '{0} in this spell, {1} in flow',
            duration(reading.spellMs),
            duration(reading.inFlowMs),
          );
    case 'assisted':
      return vscode.l10n.t('Most text was inserted. No claim about flow.');
    case 'reading':
      return vscode.l10n.t('{0} here without edits', duration(evidence.sinceLastEditMs ?? 0));
    case 'away':
      return vscode.l10n.t('Nothing is counted.');
    case 'paused':
      return vscode.l10n.t('Nothing is recorded.');
  }
}

function spellSentence(spellMs: number): string {
  return spellMs < minuteMs
    ? vscode.l10n.t('This spell has just begun')
    : vscode.l10n.t('{0} in this spell', duration(spellMs));
}
