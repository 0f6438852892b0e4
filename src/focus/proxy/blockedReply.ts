import type { Language } from '../../base/language.ts';

/** What the page says, in English; in other languages it is in the bundles of `l10n/`. */
export const blockedPageTexts = {
  title: 'Blocked by Millrace',
  heading: 'You asked for this page to wait',
  oneMinute: 'Millrace blocks it during your focus session, for about 1 more minute.',
  minutes: 'Millrace blocks it during your focus session, for about {0} more minutes.',
  lift: 'To lift every block now, run {0} in the editor.',
  restore: 'Millrace: Restore Everything Now',
} as const;

/** The page that the proxy answers with for a blocked name over plain HTTP. No script, nothing from outside. */
export function blockedPage(
  deadlineMs: number,
  nowMs: number,
  { tag, translate }: Language,
): string {
  const texts = blockedPageTexts;
  const minutes = Math.max(1, Math.ceil((deadlineMs - nowMs) / 60_000));
  return `<!doctype html>
<html lang="${tag}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${translate(texts.title)}</title>
<style>
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
  body { max-width: 32rem; margin: 20vh auto 0; padding: 0 1rem; }
</style>
<h1>${translate(texts.heading)}</h1>
<p>${minutes === 1 ? translate(texts.oneMinute) : translate(texts.minutes, minutes)}</p>
<p>${translate(texts.lift, `<b>${translate(texts.restore)}</b>`)}</p>
</html>
`;
}
