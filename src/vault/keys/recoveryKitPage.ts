import type { Language } from '../../base/language.ts';
import { formatIdentity, type Keyring } from '../age/identity.ts';
import { kitCommands, kitTexts } from './recoveryKitTexts.ts';
import type { VaultFile } from '../protectors/vaultFile.ts';

/** The most keys that leave room for the words on one sheet; the first is what counts, the others open older backups. */
const mostKeys = 6;

const style = `
@page { margin: 14mm 16mm; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 178mm; padding: 6mm 0; color: #000; background: #fff;
  font: 10.5pt/1.4 "Segoe UI", "Helvetica Neue", Arial, sans-serif; }
@media print { body { padding: 0; } }
h1 { font-size: 19pt; margin: 0 0 2mm; }
h2 { font-size: 11.5pt; margin: 6mm 0 1.5mm; }
p, ul { margin: 0 0 2mm; }
ul { padding-left: 5mm; }
.warning { border: 0.6mm solid #000; padding: 2.5mm 3mm; font-weight: 600; }
pre { margin: 0; padding: 2.5mm 3mm; border: 0.25mm solid #777; white-space: pre-wrap; overflow-wrap: anywhere;
  font: 9.3pt/1.5 Consolas, Menlo, "DejaVu Sans Mono", monospace; break-inside: avoid; }
pre.keys { font-size: 8.7pt; }
footer { margin-top: 6mm; font-size: 9pt; }
`;

/**
 * The recovery kit as a page to print: the same as the text, on one sheet of A4 or Letter. It runs nothing, loads nothing, and is
 * taken wherever a kit is asked for.
 * @param madeMs when, for whoever finds two
 */
export function formatRecoveryKitPage(
  file: VaultFile,
  keyring: Keyring,
  { tag, translate }: Language,
  madeMs: number,
): string {
  const say = (text: string): string => escape(translate(text));
  const shown = keyring.slice(0, mostKeys);
  const keys = [
    `# vault: ${file.vault}`,
    ...shown.flatMap((identity) => [
      `# public key: ${identity.recipient}`,
      formatIdentity(identity),
    ]),
  ];
  const made = new Date(madeMs).toISOString().slice(0, 10);
  return `<!doctype html>
<html lang="${tag}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="robots" content="noindex">
<title>${say(kitTexts.title)} ${file.vault.slice(0, 8)}</title>
<style>${style}</style>
</head>
<body>
<h1>${say(kitTexts.title)}</h1>
<p class="warning">${say(kitTexts.warning)}</p>
<h2>${say(shown.length > 1 ? kitTexts.keys : kitTexts.key)}</h2>
<pre class="keys">${escape(keys.join('\n'))}</pre>
<h2>${say(kitTexts.opens)}</h2>
<p>${say(kitTexts.opensWhat)} ${say(kitTexts.alone)}</p>
<h2>${say(kitTexts.withMillrace)}</h2>
<ul>
<li>${say(kitTexts.unlock)}</li>
<li>${say(kitTexts.restore)}</li>
<li>${say(kitTexts.rebuild)}</li>
</ul>
<h2>${say(kitTexts.withTools)}</h2>
<p>${say(kitTexts.withToolsPage)}</p>
<pre class="commands">${escape(kitCommands.join('\n'))}</pre>
<p>${say(kitTexts.safe)}</p>
<footer>${say(kitTexts.outdated)} ${say(kitTexts.made)}: ${made}</footer>
</body>
</html>
`;
}

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
