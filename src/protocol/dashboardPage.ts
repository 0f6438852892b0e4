import type { DashboardBoot } from './dashboard.ts';

/** Where the page stands; its background differs. */
export type DashboardPlace = 'sideBar' | 'editor';

/** What the dashboard's page is made of. */
export interface DashboardPage {
  /** Fresh random base64 for every page. */
  readonly nonce: string;
  /** Where the page's script is, as the webview sees it. */
  readonly scriptUri: string;
  /** BCP 47 tag of the person's language. */
  readonly language: string;
  readonly place: DashboardPlace;
  readonly boot: DashboardBoot;
}

/** The Content-Security-Policy's value: one script by its nonce, and nothing is fetched or drawn from elsewhere. */
export function dashboardPolicy(nonce: string): string {
  // Lit styles through constructed sheets and Chart.js through properties: neither needs a style source.
  return `default-src 'none'; script-src 'nonce-${nonce}'`;
}

/**
 * The dashboard's page. Everything in it is escaped: neither a language tag nor a text can end its own quotes.
 * @throws {TypeError} when the nonce is not base64
 */
export function dashboardPage({ nonce, scriptUri, language, place, boot }: DashboardPage): string {
  if (!/^[A-Za-z0-9+/_-]{16,}={0,2}$/.test(nonce)) {
    throw new TypeError('A nonce is base64 of at least 12 bytes');
  }
  // Inside a script element only `<` could end it; JSON may write it as an escape.
  const data = JSON.stringify(boot).replaceAll('<', '\\u003c');
  return `<!doctype html>
<html lang="${escapeAttribute(language)}" data-place="${place}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${dashboardPolicy(nonce)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Millrace</title>
</head>
<body>
<script type="application/json" id="millrace-boot">${data}</script>
<millrace-dashboard></millrace-dashboard>
<script type="module" nonce="${nonce}" src="${escapeAttribute(scriptUri)}"></script>
</body>
</html>`;
}

function escapeAttribute(value: string): string {
  return value
    .replaceAll('&', '&amp;')
    .replaceAll('"', '&quot;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}
