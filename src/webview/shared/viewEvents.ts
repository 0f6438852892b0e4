import type { DayNumber } from '../../facts/localDay.ts';
import type { Params } from '../../base/channel.ts';
import type { DashboardAction, HostContract } from '../../protocol/dashboard.ts';
import type { FocusWish } from '../../protocol/focusWish.ts';

/** What somebody says of the last ten minutes. */
export type QuestionAnswer = Params<HostContract, 'answerQuestion'>;

/** What elements tell the dashboard; they rise through shadow roots. */

/** The person pressed something that the host has to do. */
export class ActionEvent extends Event {
  static readonly type = 'millrace-action';
  readonly action: DashboardAction;

  constructor(action: DashboardAction) {
    super(ActionEvent.type, { bubbles: true, composed: true });
    this.action = action;
  }
}

/** The person asked something of focus sessions or blocking. */
export class WishEvent extends Event {
  static readonly type = 'millrace-wish';
  readonly wish: FocusWish;

  constructor(wish: FocusWish) {
    super(WishEvent.type, { bubbles: true, composed: true });
    this.wish = wish;
  }
}

/** The person opened or closed a section of the view, which is kept for the next time. */
export class PreferenceEvent extends Event {
  static readonly type = 'millrace-preference';
  readonly key: PreferenceKey;
  readonly value: boolean;

  constructor(key: PreferenceKey, value: boolean) {
    super(PreferenceEvent.type, { bubbles: true, composed: true });
    this.key = key;
    this.value = value;
  }
}

/** The person wants to see another day; `undefined` is today. */
export class DayEvent extends Event {
  static readonly type = 'millrace-day';
  readonly day: DayNumber | undefined;

  constructor(day: DayNumber | undefined) {
    super(DayEvent.type, { bubbles: true, composed: true });
    this.day = day;
  }
}

/** The person answered the question about the last ten minutes. */
export class AnswerEvent extends Event {
  static readonly type = 'millrace-answer';
  readonly answer: QuestionAnswer;

  constructor(answer: QuestionAnswer) {
    super(AnswerEvent.type, { bubbles: true, composed: true });
    this.answer = answer;
  }
}

/** The person closed the question without an answer. */
export class DismissEvent extends Event {
  static readonly type = 'millrace-dismiss';

  constructor() {
    super(DismissEvent.type, { bubbles: true, composed: true });
  }
}

/** How a person has arranged the view. */
export const preferenceDefaults = {
  startOpen: true,
  todayOpen: true,
  todayTable: false,
  weekOpen: false,
  weekTable: false,
  insightsOpen: false,
  focusOpen: true,
  focusPartsOpen: false,
  vaultOpen: false,
  /** What is stored is on view instead of the dashboard. */
  storedShown: false,
} as const;
export type PreferenceKey = keyof typeof preferenceDefaults;
export type Preferences = Readonly<Record<PreferenceKey, boolean>>;

/** The arrangement that an unknown value holds; what is missing or odd is as on the first day. */
export function readPreferences(kept: unknown): Preferences {
  const preferences: Record<PreferenceKey, boolean> = { ...preferenceDefaults };
  if (typeof kept !== 'object' || kept === null) {
    return preferences;
  }
  for (const [key, value] of Object.entries(kept)) {
    if (isPreferenceKey(key) && typeof value === 'boolean') {
      preferences[key] = value;
    }
  }
  return preferences;
}

function isPreferenceKey(key: string): key is PreferenceKey {
  return Object.hasOwn(preferenceDefaults, key);
}
