// npm run test:blocking: blocks sites and programs for real, in namespaces of its own, and looks whether everything
// comes back. As root on Linux; elsewhere it says that it was skipped. The machine's own files are never touched.
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { buildCompanion } from './companion.mjs';
import { findOnPath, installPackages, installTools } from './lib/install.mjs';
import { root, run } from './lib/processes.mjs';
import { main, PlainError, say, step } from './lib/say.mjs';

const help = `npm run test:blocking [-- OPTIONS]
  --short       leave out what takes minutes: Firefox, and every step of the kill tests but a few
  --grep TEXT   only tests whose full name holds TEXT
  --help        this text`;

const hostsFile = '/etc/hosts';
const outdir = path.join(root, '.cache/blocking');

/**
 * Runs the suite, in namespaces of its own: mounts, processes and network are private, /etc is a copy.
 * @param {{ short?: boolean, grep?: string | undefined, env?: NodeJS.ProcessEnv, timeoutMs?: number }} options
 * @returns {Promise<{ code: number | null, timedOut?: boolean, skipped?: string }>} `skipped` says why nothing ran
 */
export async function runBlockingTests({ short = false, grep, env = process.env, timeoutMs } = {}) {
  const reason = reasonToSkip();
  if (reason !== undefined) {
    return { code: 0, skipped: reason };
  }
  await buildBlockingTests();
  const before = look(hostsFile);
  const files = readdirSync(path.join(outdir, 'test/blocking')).filter((file) =>
    short ? /^[^.]+\.test\.mjs$/.test(file) : file.endsWith('.test.mjs'),
  );
  const mocha = [
    path.join(root, 'node_modules/mocha/bin/mocha.js'),
    '--forbid-only',
    '--fail-zero',
    '--timeout=120000',
    '--exit',
    ...(env.MILLRACE_TEST_RESULT
      ? ['--reporter', path.join(root, 'scripts/lib/countingReporter.mjs')]
      : []),
    ...(grep ? ['--fgrep', grep] : []),
    ...files.map((file) => path.join(outdir, 'test/blocking', file)),
  ];
  const result = await run(
    'unshare',
    ['-m', '-n', '-p', '--kill-child', '--fork', '--mount-proc', 'sh', '-c', prepare, 'sh'].concat(
      process.execPath,
      mocha,
    ),
    { env: { ...env, MILLRACE_BLOCKING: short ? 'short' : 'long' }, timeoutMs },
  );
  const after = look(hostsFile);
  if (before !== after) {
    throw new PlainError(`The machine's own ${hostsFile} was changed.`);
  }
  return result;
}

// /etc on a copy, so that a rename in it is one; /usr/local and /var/lib so that the helper can be installed.
const prepare = `
set -e
ip link set lo up
stage=$(mktemp -d /tmp/millrace-blocking.XXXXXX)
mount -t tmpfs -o mode=0755 tmpfs "$stage"
mkdir "$stage/etc" "$stage/upper" "$stage/work" "$stage/lib" "$stage/work2"
cp -a /etc/. "$stage/etc/"
mount --bind "$stage/etc" /etc
mount -t overlay -o "lowerdir=/usr/local,upperdir=$stage/upper,workdir=$stage/work" overlay /usr/local
mount -t overlay -o "lowerdir=/var/lib,upperdir=$stage/lib,workdir=$stage/work2" overlay /var/lib
export MILLRACE_STAGE="$stage"
exec "$@"
`;

function reasonToSkip() {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    return 'needs root on Linux, as it makes namespaces of its own';
  }
  const missing = ['unshare', 'setpriv', 'ip', 'mount'].filter(
    (tool) => findOnPath(tool) === undefined,
  );
  return missing.length > 0 ? `needs ${missing.join(', ')}` : undefined;
}

/** The tests and the little programs that they run, each a bundle. */
export async function buildBlockingTests() {
  const { build } = await import('esbuild');
  rmSync(outdir, { recursive: true, force: true });
  mkdirSync(outdir, { recursive: true });
  const inFolder = (folder) =>
    readdirSync(path.join(root, folder))
      .filter((file) => file.endsWith('.ts'))
      .map((file) => path.join(folder, file));
  const common = {
    absWorkingDir: root,
    bundle: true,
    platform: 'node',
    target: 'node20',
    outbase: '.',
    outdir,
    logLevel: 'warning',
  };
  await build({
    ...common,
    format: 'esm',
    packages: 'external',
    outExtension: { '.js': '.mjs' },
    entryPoints: [...inFolder('test/blocking'), ...inFolder('test/blocking/programs')],
  });
  await buildCompanion({ outdir: path.join(outdir, 'companion') });
}

function look(file) {
  const { mtimeMs, ino, size } = statSync(file);
  return JSON.stringify([mtimeMs, ino, size, readFileSync(file, 'base64')]);
}

if (process.argv[1] === import.meta.filename) {
  await main(async () => {
    const { values } = parseArgs({
      options: {
        short: { type: 'boolean', default: false },
        grep: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) {
      console.log(help);
      return;
    }
    await installPackages();
    await installTools(['chromium', ...(values.short ? [] : ['firefox'])]);
    const { code, skipped } = await runBlockingTests(values);
    if (skipped !== undefined) {
      say(`Skipped: this suite ${skipped}.`);
    }
    process.exitCode = code ?? 1;
  });
}
