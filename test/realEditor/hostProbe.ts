import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { repositoryRoot } from '../support/repositoryRoot.ts';
import { waitFor } from '../support/waitFor.ts';
import { descendantsOf } from './processTree.ts';

/**
 * Watches what the processes of a served VS Code do to the world outside, in two ways that don't share a
 * weakness. From within, `hostProbe.cjs` notes each call of Node's own functions that connect, listen, look up
 * a name or start a process, with the stack that tells whose call it was; it would miss native code. From
 * without, /proc tells which child processes and sockets an extension host has at a moment, whoever asked for
 * them; it would miss what lives shorter than the time between two looks.
 */

/** One call that the probe noted. */
export interface ProbedCall {
  readonly pid: number;
  readonly what: 'connect' | 'listen' | 'datagram' | 'lookup' | 'process';
  readonly stack: string;
}

/** What to add to the server's environment for {@link readProbe} to find something. */
export function probeEnvironment(file: string): Readonly<Record<string, string>> {
  const probe = path.join(repositoryRoot, 'test/realEditor/hostProbe.cjs');
  return { NODE_OPTIONS: `--require=${probe}`, MILLRACE_PROBE_FILE: file };
}

/** Every call that was noted so far, in all processes of the server. */
export async function readProbe(file: string): Promise<readonly ProbedCall[]> {
  const text = await waitFor('whole lines', async () => {
    // Somebody may be writing the last one.
    const read = await readFile(file, 'utf8');
    return read === '' || read.endsWith('\n') ? read : undefined;
  });
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as ProbedCall);
}

/** What /proc shows of a process at this moment. */
export interface OutsideView {
  /** Command lines of the processes below it. */
  readonly children: readonly string[];
  /** `tcp` or `udp`, the local and the remote port of each of its internet sockets. */
  readonly sockets: readonly {
    readonly protocol: string;
    readonly localPort: number;
    readonly remotePort: number;
  }[];
}

/** Looks at a process from without; undefined when it ended before the look was over. Linux only. */
export function lookFromOutside(pid: number): OutsideView | undefined {
  try {
    return lookAt(pid);
  } catch (error) {
    // What /proc answers for a process that ends: no folder, no process, or (in `net`) a zombie's EINVAL.
    if (['ENOENT', 'ESRCH', 'EINVAL'].includes((error as NodeJS.ErrnoException).code ?? '')) {
      return undefined;
    }
    throw error;
  }
}

function lookAt(pid: number): OutsideView {
  const inodes = new Set<string>();
  for (const descriptor of readdirSync(`/proc/${pid}/fd`)) {
    try {
      const target = readlinkSync(`/proc/${pid}/fd/${descriptor}`);
      const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1];
      if (inode !== undefined) {
        inodes.add(inode);
      }
    } catch {
      // Closed in the meantime.
    }
  }
  const sockets = ['tcp', 'tcp6', 'udp', 'udp6'].flatMap((protocol) =>
    readFileSync(`/proc/${pid}/net/${protocol}`, 'utf8')
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      // proc(5): 1 local address, 2 remote address, 9 inode; ports in hex behind the colon.
      .filter((fields) => inodes.has(fields[9] ?? ''))
      .map((fields) => ({
        protocol: protocol.slice(0, 3),
        localPort: portOf(fields[1]),
        remotePort: portOf(fields[2]),
      })),
  );
  // Between fork and exec a child still looks like its parent; the next look sees what it has become, and the probe
  // within has seen who asked for it. One that has just ended, or becomes another, has no command line.
  const own = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
  const children = descendantsOf(pid)
    .map(({ commandLine }) => commandLine)
    .filter((commandLine) => commandLine !== own && commandLine !== '');
  return { children, sockets };
}

function portOf(address: string | undefined): number {
  return Number.parseInt(address?.split(':')[1] ?? '', 16);
}
