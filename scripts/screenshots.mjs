// npm run screenshots: makes the pictures again that test/webview/screenshots.test.ts compares with. Look at
// them before committing: from then on they say how the dashboard should look.
import path from 'node:path';
import { node, root } from './lib/processes.mjs';

const { code } = await node(
  [path.join(root, 'scripts/test.mjs'), '--only', 'webview', '--grep', 'looks as it did'],
  { env: { ...process.env, MILLRACE_REMAKE_SCREENSHOTS: '1' } },
);
process.exitCode = code ?? 1;
