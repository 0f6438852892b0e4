import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { waitFor } from '../support/waitFor.ts';
import type { EditorInstallation } from './installEditor.ts';
import { descendantsOf, endProcesses, sendSignal, type ProcessIdentity } from './processTree.ts';

/** How to serve a VS Code on 127.0.0.1. */
export interface EditorServerOptions {
  readonly installation: EditorInstallation;
  /** Everything the server writes goes below: home, settings, extensions, logs. Made when missing. */
  readonly folder: string;
  /** The port to listen on; a free one when left out. */
  readonly port?: number;
  /** User settings, over the quiet defaults below. Left out: those that the folder has, else the defaults. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Extensions to install before the start. */
  readonly vsixFiles?: readonly string[];
  /** Words before the server's command, such as `nsenter` with its options. What they start must be the server itself. */
  readonly launcher?: readonly string[];
  /** Variables for the server and, through it, for the extension host. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Lets the page ask for tests to be run in the extension host; a built product ignores that otherwise. */
  readonly withTestDriver?: boolean;
  /** Hears every line that the server writes. */
  readonly onOutput?: (text: string) => void;
}

/** Settings without which a test meets chat views, a welcome page, or suggestions that take its keys. */
export const quietSettings: Readonly<Record<string, unknown>> = {
  'chat.disableAIFeatures': true,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
  // Where the list of words is up in time, which is a matter of speed, Enter takes one of them.
  'editor.wordBasedSuggestions': 'off',
  // `off`, not `false`: VS Code would migrate that, and every extension would see a settings change.
  'extensions.autoUpdate': 'off',
  'security.workspace.trust.enabled': false,
  // Otherwise the extension host looks for new ports all the time, which drowns what extensions do.
  'remote.autoForwardPorts': false,
  'remote.autoForwardPortsSource': 'output',
};

/** A window that is closed is gone; the usual three hours are for a person whose network is. */
const graceSeconds = 5;

/** A running VS Code server. Start with {@link startEditorServer}; whoever starts it stops it. */
export interface EditorServer {
  readonly port: number;
  readonly url: string;
  /** VS Code's user data: settings, global storage, logs. */
  readonly userDataFolder: string;
  /** The server's own process; below it are the extension hosts. */
  readonly pid: number;
  /** The extension hosts that run now, oldest first: one for each window. */
  extensionHosts(): readonly ProcessIdentity[];
  /** Replaces the user settings, over the quiet defaults, for windows that open from now on. */
  writeSettings(settings: Readonly<Record<string, unknown>>): Promise<void>;
  /** Resolves when the server has ended, by itself or by {@link stop}. */
  readonly ended: Promise<unknown>;
  /** Ends the server and everything that it started; nothing when it has ended already. */
  stop(): Promise<void>;
}

/**
 * Installs the extensions, starts the server, and waits until it answers.
 * @throws {Error} when it ends early or does not answer; the message holds what it wrote.
 */
export async function startEditorServer(options: EditorServerOptions): Promise<EditorServer> {
  const { installation, folder, vsixFiles = [] } = options;
  const userDataFolder = path.join(folder, 'data');
  const settingsFile = path.join(userDataFolder, 'User/settings.json');
  await mkdir(path.dirname(settingsFile), { recursive: true });
  await mkdir(path.join(folder, 'home'), { recursive: true });
  const writeSettings = async (chosen: Readonly<Record<string, unknown>>): Promise<void> => {
    const settings = { ...quietSettings, ...chosen };
    await writeFile(settingsFile, `${JSON.stringify(settings, undefined, 2)}\n`);
  };
  if (options.settings !== undefined || !existsSync(settingsFile)) {
    await writeSettings(options.settings ?? {});
  }
  await writeFile(path.join(folder, 'config.yaml'), 'auth: none\n');

  const port = options.port ?? (await findFreePort());
  const paths = [
    ['--config', path.join(folder, 'config.yaml')],
    ['--user-data-dir', userDataFolder],
    ['--extensions-dir', path.join(folder, 'extensions')],
  ].flat();
  const environment = serverEnvironment(folder, options.environment ?? {});
  const launch = (args: readonly string[]): RunningProgram => {
    const server = [installation.node, installation.entry, ...paths, ...args];
    const [command = installation.node, ...rest] = [...(options.launcher ?? []), ...server];
    return runProgram(command, rest, environment, options.onOutput);
  };

  for (const vsix of vsixFiles) {
    const program = launch(['--install-extension', vsix]);
    if ((await program.ended) !== 0) {
      throw new Error(`The editor could not install ${path.basename(vsix)}:\n${program.output()}`);
    }
  }

  const server = launch([
    ...['--bind-addr', `127.0.0.1:${port}`, '--auth', 'none'],
    '--disable-telemetry',
    '--disable-update-check',
    '--disable-workspace-trust',
    '--disable-getting-started-override',
    // A window says goodbye as its page is closed, if the browser still lets it; an extension host that does not hear it
    // waits so long for the window to come back.
    ...['--reconnection-grace-time', String(graceSeconds)],
    ...(options.withTestDriver === true ? ['--vscode-option', 'enable-smoke-test-driver'] : []),
  ]);
  const url = `http://127.0.0.1:${port}/`;
  const pid = server.pid;
  const stop = async (): Promise<void> => {
    if (server.hasEnded()) {
      // Its number may be another's by now.
      return;
    }
    const below = descendantsOf(pid);
    sendSignal(pid, 'SIGTERM');
    // An extension host notices within about six seconds that its server is gone.
    await endProcesses(below, 8_000);
    const killer = setTimeout(() => {
      sendSignal(pid, 'SIGKILL');
    }, 5_000);
    await server.ended;
    clearTimeout(killer);
  };
  try {
    await waitFor('the editor server to answer', () => {
      if (server.hasEnded()) {
        return true;
      }
      const signal = AbortSignal.timeout(5_000);
      return fetch(`${url}healthz`, { signal }).then((response) => response.ok);
    });
    if (server.hasEnded()) {
      throw new Error(`The editor server ended at once:\n${server.output()}`);
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    port,
    url,
    userDataFolder,
    pid,
    extensionHosts: () =>
      descendantsOf(pid)
        .filter(({ commandLine }) => commandLine.includes('--type=extensionHost'))
        .sort((a, b) => a.startTicks - b.startTicks || a.pid - b.pid),
    writeSettings,
    ended: server.ended,
    stop,
  };
}

/** A port of 127.0.0.1 that nobody listens on at this moment. */
export async function findFreePort(): Promise<number> {
  const port = await tryToListen(0);
  if (port === undefined) {
    throw new Error('No port of 127.0.0.1 is free');
  }
  return port;
}

/** Whether a server could listen on this port of 127.0.0.1 now. */
export async function isPortFree(port: number): Promise<boolean> {
  return (await tryToListen(port)) !== undefined;
}

/** Listens for a moment; 0 lets the system choose. @returns the port, or `undefined` when it can't be had. */
function tryToListen(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => {
      resolve(undefined);
    });
    probe.listen(port, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => {
        resolve(typeof address === 'object' ? address?.port : undefined);
      });
    });
  });
}

/** Nothing of the caller's editor or npm may reach the server, and no extension gallery. */
function serverEnvironment(
  folder: string,
  added: Readonly<Record<string, string>>,
): NodeJS.ProcessEnv {
  const foreign = /^(npm_|VSCODE_|ELECTRON_|NODE_OPTIONS$|CODE_SERVER_|XDG_|PORT$|PASSWORD$)/;
  return {
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name))),
    HOME: path.join(folder, 'home'),
    EXTENSIONS_GALLERY: '{"serviceUrl":""}',
    ...added,
  };
}

interface RunningProgram {
  readonly pid: number;
  /** The exit code, or `null` when a signal ended it. */
  readonly ended: Promise<number | null>;
  hasEnded(): boolean;
  /** The last of what it wrote. */
  output(): string;
}

const keptOutputChars = 20_000;

function runProgram(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  onOutput: ((text: string) => void) | undefined,
): RunningProgram {
  const child: ChildProcess = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let ended = false;
  const take = (data: Buffer): void => {
    output = (output + data.toString()).slice(-keptOutputChars);
    onOutput?.(data.toString());
  };
  child.stdout?.on('data', take);
  child.stderr?.on('data', take);
  const end = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      ended = true;
      resolve(code);
    });
  });
  if (child.pid === undefined) {
    end.catch(() => {});
    throw new Error(`${command} could not be started`);
  }
  return { pid: child.pid, ended: end, hasEnded: () => ended, output: () => output };
}
