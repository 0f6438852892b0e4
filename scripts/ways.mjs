// npm run ways: tries in the real editor what each way in which a document changes counts as, and writes the tables of
// docs/what-counts.md, which test/host/waysOfChange.test.ts compares with. Read them before committing.
import path from 'node:path';
import { node, root } from './lib/processes.mjs';

const { code } = await node(
  [path.join(root, 'scripts/test.mjs'), '--only', 'host', '--grep', 'Ways of change'],
  { env: { ...process.env, MILLRACE_REMAKE_WAYS: '1' } },
);
process.exitCode = code ?? 1;
