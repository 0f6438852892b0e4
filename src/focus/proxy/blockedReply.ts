/** The page that the proxy answers with for a blocked name over plain HTTP. No script, nothing from outside. */
export function blockedPage(deadlineMs: number, nowMs: number): string {
  const minutes = Math.max(1, Math.ceil((deadlineMs - nowMs) / 60_000));
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Blocked by Millrace</title>
<style>
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
  body { max-width: 32rem; margin: 20vh auto 0; padding: 0 1rem; }
</style>
<h1>You asked for this page to wait</h1>
<p>Millrace blocks it during your focus session, for about ${minutes} more ${minutes === 1 ? 'minute' : 'minutes'}.</p>
<p>To lift every block now, run <b>Millrace: Restore Everything Now</b> in the editor.</p>
</html>
`;
}
