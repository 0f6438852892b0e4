// npm start: builds and packages Millrace and opens a VS Code with it, in a profile of its own.
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { findOnPath, installPackages } from './lib/install.mjs';
import { loadTypeScript } from './lib/loadTypeScript.mjs';
import { packageExtension, vsixFile } from './lib/package.mjs';
import { beforeExit, root, run, runOrFail } from './lib/processes.mjs';
import { main, PlainError, say, step } from './lib/say.mjs';

const help = `npm start [-- OPTIONS] [FOLDER]
  Opens FOLDER, or a small folder to try Millrace in, with Millrace installed in a profile of its own: in the
  desktop VS Code (code or codium on the PATH), else in a VS Code served on 127.0.0.1.

  --browser     serve VS Code on 127.0.0.1 even where there is a desktop one; runs until Ctrl-C
  --port N      the port for that (default 43110, or a free one when that is taken)
  --demo        a throw-away profile with 90 days of made-up history, marked as such
  --help        this text`;

const usualPort = 43_110;
const demoDays = 90;

await main(async () => {
  const options = readOptions();
  if (options === undefined) {
    console.log(help);
    return;
  }
  const desktop = options.browser ? undefined : findDesktop();
  if (desktop === undefined) {
    refuseWhereNothingCanBeServed(options);
  }
  await installPackages();
  await step('Building and packaging Millrace', packageExtension);

  const profile = makeProfile(desktop === undefined ? 'browser' : 'desktop', options.demo);
  if (options.demo) {
    await fillWithDemo(profile);
  }
  const folder = options.folder ?? makeTrialFolder(desktop !== undefined && !options.demo);
  if (desktop === undefined) {
    await serve(profile, folder, options);
  } else {
    await openDesktop(desktop, profile, folder, options);
  }
});

function readOptions() {
  let values;
  let positionals;
  try {
    ({ values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        browser: { type: 'boolean', default: false },
        demo: { type: 'boolean', default: false },
        port: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    }));
  } catch (error) {
    throw new PlainError(`${error.message}\n\n${help}`);
  }
  if (values.help) {
    return undefined;
  }
  const port = values.port === undefined ? undefined : Number(values.port);
  if (port !== undefined && !(Number.isInteger(port) && port > 0 && port < 65_536)) {
    throw new PlainError(`--port wants a number from 1 to 65535, not ${values.port}.`);
  }
  const folder = positionals[0] === undefined ? undefined : path.resolve(positionals[0]);
  if (positionals.length > 1 || (folder !== undefined && !existsSync(folder))) {
    throw new PlainError(`There is no folder ${positionals.join(' ')}.\n\n${help}`);
  }
  return { browser: values.browser, demo: values.demo, port, folder };
}

/** The desktop VS Code. In a terminal of a remote window `code` is another program, without profiles. */
function findDesktop() {
  return process.env.VSCODE_IPC_HOOK_CLI ? undefined : (findOnPath('code') ?? findOnPath('codium'));
}

function refuseWhereNothingCanBeServed({ browser }) {
  if (process.platform === 'linux' && process.arch === 'x64') {
    return;
  }
  const wish = browser
    ? 'A served VS Code runs on 64-bit x86 Linux only'
    : 'There is no code or codium on the PATH, and a served VS Code runs on 64-bit x86 Linux only';
  throw new PlainError(
    `${wish}. Install VS Code, run "Shell Command: Install 'code' command in PATH" from its palette, and run npm start again; or run npm run package and install the .vsix from the Extensions view.`,
  );
}

/** Where the editor keeps its own settings and storage: kept from start to start, or thrown away for a demo. */
function makeProfile(kind, demo) {
  let folder = path.join(root, '.cache/start', kind);
  if (demo) {
    folder = mkdtempSync(path.join(os.tmpdir(), 'millrace-demo-'));
    const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    beforeExit(remove);
  }
  mkdirSync(folder, { recursive: true });
  return folder;
}

/**
 * A fresh folder with one file. Not inside the clone, or Git would ask what to do with the repository around it. Removed
 * when this script ends, but where the editor outlives it: there the system clears it away.
 */
function makeTrialFolder(outlivesUs) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'try-millrace-'));
  if (!outlivesUs) {
    process.once('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  }
  writeFileSync(
    path.join(folder, 'type-here.md'),
    'Type a few sentences here, and look at Millrace in the status bar and in the activity bar.\n\n',
  );
  return folder;
}

async function fillWithDemo(profile) {
  const storage = path.join(profile, 'data/User/globalStorage/millrace.millrace/vault');
  await step(`Making up ${demoDays} days of history, marked as demo`, () =>
    runOrFail(process.execPath, [
      path.join(root, 'dist/cli.js'),
      'demo',
      '--storage',
      storage,
      '--days',
      String(demoDays),
    ]),
  );
}

async function serve(profile, folder, { port }) {
  const { installEditor } = await loadTypeScript('test/realEditor/installEditor.ts');
  const { startEditorServer, findFreePort, isPortFree } = await loadTypeScript(
    'test/realEditor/editorServer.ts',
  );
  const installation = await step('Looking for the served VS Code', (tell) =>
    installEditor((part) => tell(`downloading and installing ${part}`)),
  );
  let chosen = port ?? usualPort;
  if (!(await isPortFree(chosen))) {
    const taken = chosen;
    chosen = await findFreePort();
    say(`Port ${taken} is taken; using ${chosen}.`);
  }
  const server = await step('Starting VS Code with Millrace', () =>
    startEditorServer({ installation, folder: profile, port: chosen, vsixFiles: [vsixFile] }),
  );
  let stopping = false;
  beforeExit(async () => {
    stopping = true;
    say('\nEnding VS Code ...');
    await server.stop();
  });
  console.log(`\n${server.url}?folder=${encodeURIComponent(folder)}\n`);
  say('Open this address in a browser. Ctrl-C here ends it.');
  await server.ended;
  if (!stopping) {
    throw new PlainError('The served VS Code has ended by itself.');
  }
}

async function openDesktop(command, profile, folder, { demo }) {
  const own = [
    ...['--user-data-dir', path.join(profile, 'data')],
    ...['--extensions-dir', path.join(profile, 'extensions')],
    // Chromium refuses its sandbox to root.
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  ];
  await step(`Installing Millrace into a profile of its own (${path.basename(command)})`, () =>
    runOrFail(...program(command, [...own, '--install-extension', vsixFile, '--force'])),
  );
  const file = path.join(folder, 'type-here.md');
  const what = ['--new-window', folder, ...(existsSync(file) ? [file] : [])];
  if (demo) {
    say('Opening VS Code; the made-up history is removed when its window closes.');
    await run(...program(command, [...own, '--wait', ...what]), { quiet: true });
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  } else {
    await step('Opening VS Code', () => runOrFail(...program(command, [...own, ...what])));
  }
}

/** A command-line program; on Windows `code` is a batch file, which only a shell can run. */
function program(command, args) {
  return process.platform === 'win32' ? ['cmd.exe', ['/c', command, ...args]] : [command, args];
}
