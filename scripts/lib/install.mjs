// Makes a fresh clone runnable. Uses Node's own modules only: nothing else is there yet.
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root, run, runOrFail } from './processes.mjs';
import { PlainError, say, step } from './say.mjs';

// What mocha and eslint ask for.
const oldestNode = [20, 19];

/** Installs the npm packages of the lockfile unless exactly these are there. @throws {PlainError} */
export async function installPackages() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < oldestNode[0] || (major === oldestNode[0] && minor < oldestNode[1])) {
    throw new PlainError(
      `Millrace's tools need Node ${oldestNode.join('.')} or newer; this is ${process.version}.`,
    );
  }
  if (arePackagesInstalled()) {
    return;
  }
  await step('Installing the npm packages of the lockfile', async () => {
    const { code, output } = await run(...npm(['ci', '--no-progress']), { quiet: true });
    if (code !== 0) {
      throw new PlainError(
        `${output}\nnpm ci failed. Check the connection to the npm registry and run this again.`,
      );
    }
  });
}

/** npm as a program and its arguments; a script started by npm is told where npm itself lies. */
export function npm(args) {
  const cli = process.env.npm_execpath;
  if (cli?.endsWith('.js')) {
    return [process.execPath, [cli, ...args]];
  }
  return process.platform === 'win32' ? ['cmd.exe', ['/c', 'npm', ...args]] : ['npm', args];
}

/**
 * Compares the lockfile with the one that npm leaves in node_modules when it has finished, package by
 * package. Packages for other platforms are missing there and are passed over.
 */
function arePackagesInstalled() {
  const wanted = readPackages(path.join(root, 'package-lock.json'));
  const present = readPackages(path.join(root, 'node_modules/.package-lock.json'));
  return (
    present !== undefined &&
    Object.entries(wanted).every(([folder, { version, optional }]) => {
      const found = present[folder];
      return folder === '' || (found === undefined ? optional : found.version === version);
    })
  );
}

function readPackages(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch (error) {
    if (error.code === 'ENOENT') {
      return undefined;
    }
    throw error;
  }
}

/** Programs that the tests run, by what they are for, with Debian's name of the package. */
const tools = {
  chromium: { commands: ['chromium', 'chromium-browser', 'google-chrome'], package: 'chromium' },
  age: { commands: ['age'], package: 'age' },
  sqlite3: { commands: ['sqlite3'], package: 'sqlite3' },
  jq: { commands: ['jq'], package: 'jq' },
  openssl: { commands: ['openssl'], package: 'openssl' },
  xxd: { commands: ['xxd'], package: 'xxd' },
  firefox: { commands: ['firefox-esr', 'firefox'], package: 'firefox-esr' },
};

/**
 * Finds the programs that the tests run, and installs what is missing where that needs nobody's consent: as
 * root on Debian.
 * @param {readonly (keyof typeof tools)[]} names
 * @returns {Promise<readonly string[]>} What is still missing, having said how to install it.
 */
export async function installTools(names) {
  let missing = names.filter((name) => findTool(name) === undefined);
  if (missing.length > 0 && isDebian() && process.getuid?.() === 0) {
    const packages = missing.map((name) => tools[name].package);
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    await step(`Installing ${packages.join(', ')} with apt-get`, async () => {
      await runOrFail('apt-get', ['update', '-q'], { env });
      await runOrFail('apt-get', ['install', '-q', '-y', '--no-install-recommends', ...packages], {
        env,
      });
    });
    missing = names.filter((name) => findTool(name) === undefined);
  }
  if (missing.length > 0) {
    say(
      `Missing: ${missing.join(', ')}. Install ${missing.length > 1 ? 'them' : 'it'} and run this again; ` +
        `on Debian as root: apt-get install ${missing.map((name) => tools[name].package).join(' ')}. ` +
        (missing.includes('chromium')
          ? 'A Chromium or Chrome elsewhere is found through the variable MILLRACE_CHROMIUM.'
          : ''),
    );
  }
  return missing;
}

/** The path of a program that the tests run, or `undefined`. */
export function findTool(name) {
  const chosen = process.env[`MILLRACE_${name.toUpperCase()}`];
  if (chosen) {
    return existsSync(chosen) ? chosen : undefined;
  }
  for (const command of tools[name].commands) {
    const found = findOnPath(command);
    if (found) {
      return found;
    }
  }
  return undefined;
}

/** The path of a command, or `undefined` when the PATH has none. */
export function findOnPath(command) {
  const endings = process.platform === 'win32' ? ['.exe', '.cmd'] : [''];
  for (const folder of (process.env.PATH ?? '').split(path.delimiter)) {
    for (const ending of endings) {
      const file = path.join(folder, command + ending);
      try {
        accessSync(file, constants.X_OK);
        return file;
      } catch {
        // Not here.
      }
    }
  }
  return undefined;
}

function isDebian() {
  try {
    return /^ID=debian$/m.test(readFileSync('/etc/os-release', 'utf8'));
  } catch {
    return false;
  }
}
