/**
 * All texts of the companion, in English. Those of its other languages are in the bundles of `l10n/` under their English;
 * the build makes the browser's `_locales` of both, where each has the name that it has here.
 */
export const texts = {
  description:
    'Holds back the sites that you chose, while a focus session runs in your editor. Talks to your own computer only.',

  blockedTitle: 'Millrace: this page waits',
  blockedHeading: 'You asked for this page to wait',
  blockedWhy: 'A focus session runs in your editor.',
  blockedNote:
    'The page opens by itself when the session ends, is paused, or the editor is closed.',
  blockedNoMore: 'Nothing is blocked any more. Reload the page that you wanted.',
  oneMinuteMore: 'About 1 more minute.',
  minutesMore: 'About {0} more minutes.',

  code: 'Code that the editor shows',
  anotherPort: 'Another port',
  port: 'Port',
  pair: 'Pair',
  notPaired: 'Not paired. In the editor, run "Millrace: Pair Browser".',
  connected: 'Connected to your editor.',
  editorAway: 'Paired. The editor is away.',
  paired: 'Paired. You can close this.',
  noEditor: 'No editor answers. Is Millrace running, with the companion switched on?',
  wrongCode: 'This code is not right, or no longer. Ask the editor for a new one.',
} as const;

export type TextName = keyof typeof texts;
