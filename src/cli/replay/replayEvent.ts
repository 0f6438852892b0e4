import * as l10n from '@vscode/l10n';
import { EventKind } from '../../tracking/eventKind.ts';

/** One line of a replay. */
export interface ReplayEvent {
  /** Wall-clock milliseconds since the epoch. */
  readonly wallMs: number;
  readonly kind: EventKind;
  readonly chars: number;
}

/** The farthest time that a `Date` can name. */
const farthestMs = 8.64e15;

/**
 * Reads `{"t": 1700000000000, "kind": "insert", "n": 1}`; further members are passed over.
 * @returns the event, or in words what is wrong with the line
 */
export function parseReplayEvent(line: string): ReplayEvent | string {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return l10n.t('not a JSON object');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return l10n.t('not a JSON object');
  }
  const t = 't' in value ? value.t : undefined;
  const kind = 'kind' in value ? value.kind : undefined;
  const n = 'n' in value ? value.n : 1;
  if (typeof t !== 'number' || !(Math.abs(t) <= farthestMs)) {
    return l10n.t('"t" must be milliseconds since the epoch');
  }
  if (!isKindName(kind)) {
    return l10n.t('"kind" must be one of {0}', Object.keys(EventKind).join(', '));
  }
  if (typeof n !== 'number' || !Number.isSafeInteger(n) || n < 0) {
    return l10n.t('"n" must be a whole number of characters');
  }
  return { wallMs: t, kind: EventKind[kind], chars: n };
}

function isKindName(value: unknown): value is keyof typeof EventKind {
  return typeof value === 'string' && Object.hasOwn(EventKind, value);
}
