import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { node, root, runOrFail } from './processes.mjs';
import { PlainError } from './say.mjs';

const { name, version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));

/** Where the packaged extension goes. */
export const vsixFile = path.join(root, `${name}-${version}.vsix`);

/** Builds what runs; `--tests` adds the tests, `--production` makes what goes into the .vsix. @throws {PlainError} */
export async function build(...options) {
  const { code, output } = await node(['esbuild.mjs', ...options], { quiet: true });
  if (code !== 0) {
    throw new PlainError(`${output}\nThe build failed.`);
  }
}

/** Makes the .vsix; leaves the production build in dist/. @returns its size in bytes. @throws {PlainError} */
export async function packageExtension() {
  // Which runs `vscode:prepublish` of package.json first.
  await runOrFail(process.execPath, [
    path.join(root, 'node_modules/@vscode/vsce/vsce'),
    'package',
    '--no-dependencies',
    // There is no address yet that the README's relative links and pictures could be made absolute with.
    '--allow-missing-repository',
    '--no-rewrite-relative-links',
    '--no-rewrite-relative-links',
    '--out',
    vsixFile,
  ]);
  return statSync(vsixFile).size;
}
