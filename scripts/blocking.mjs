// npm run test:blocking: blocks sites and programs for real, in namespaces of its own, and looks whether everything
// comes back. As root on Linux; elsewhere it says that it was skipped. The machine's own files are never touched.
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { buildCompanion } from './companion.mjs';
import { findOnPath, installPackages, installTools } from './lib/install.mjs';
import { JobQueue, Lane } from './lib/lanes.mjs';
import { jobsOf } from './lib/mochaSuites.mjs';
import { root } from './lib/processes.mjs';
import { main, PlainError, say } from './lib/say.mjs';
import { TestReport } from './lib/testReport.mjs';

const help = `npm run test:blocking [-- OPTIONS]
  --short       leave out what takes minutes: Firefox, and every step of the kill tests but a few
  --grep TEXT   only tests whose full name holds TEXT
  --help        this text`;

const hostsFile = '/etc/hosts';
const outdir = path.join(root, '.cache/blocking');

/**
 * Makes what the suite needs. Its files then run in namespaces of their own: mounts, processes and network are private,
 * /etc is a copy.
 * @param {{ short?: boolean }} options
 * @returns {Promise<{ skipped: string } | import('./lib/mochaSuites.mjs').Prepared>} `skipped` says why nothing can run
 */
export async function prepareBlocking({ short = false }) {
  const reason = reasonToSkip();
  if (reason !== undefined) {
    return { skipped: reason };
  }
  await buildBlockingTests();
  const before = look(hostsFile);
  const stage = mkdtempSync(path.join(tmpdir(), 'millrace-blocking-'));
  return {
    folder: path.join(outdir, 'test/blocking'),
    takes: (file) => !short || /^[^.]+\.test\.mjs$/.test(file),
    options: {
      launcher: [
        ...['unshare', '-m', '-n', '-p', '--kill-child', '--fork', '--mount-proc'],
        ...['sh', '-c', prepareNamespace, stage],
      ],
      env: { ...process.env, MILLRACE_BLOCKING: short ? 'short' : 'long' },
      exitAtEnd: true,
    },
    finish: async () => {
      // What was mounted there has gone with its namespace.
      rmdirSync(stage);
      if (before !== look(hostsFile)) {
        throw new PlainError(`The machine's own ${hostsFile} was changed.`);
      }
    },
  };
}

// /etc on a copy, so that a rename in it is one; /usr/local and /var/lib so that the helper can be installed.
const prepareNamespace = `
set -e
ip link set lo up
stage=$0
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
    const prepared = await prepareBlocking(values);
    if (prepared.skipped !== undefined) {
      say(`Skipped: this suite ${prepared.skipped}.`);
      return;
    }
    const report = new TestReport(['blocking']);
    const queue = new JobQueue();
    queue.add(...jobsOf('blocking', prepared, report, values.grep));
    queue.close();
    await new Lane((suite, words) => report.fail(suite, words)).work(queue);
    await prepared.finish().catch((error) => report.fail('blocking', error.message));
    const { lines, failed, closing } = report.close();
    console.log(`\n${lines.join('\n')}\n\n${closing}`);
    process.exitCode = failed > 0 ? 1 : 0;
  });
}
