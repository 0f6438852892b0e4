import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import path from 'node:path';
import { waitFor } from './waitFor.ts';

/** Why no such namespace can be had here; `undefined` where it can. */
export function whyNoHostsNamespace(): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    return 'needs root on Linux, for a mount namespace of its own';
  }
  const { status } = spawnSync('unshare', ['-m', 'true']);
  return status === 0 ? undefined : 'needs a system that grants mount namespaces';
}

/** A mount namespace in which /etc/hosts is a copy. The machine's own file is out of reach there. */
export interface HostsNamespace {
  /** The copy, as it can be read from outside. */
  readonly hostsFile: string;
  /** Words before a command that runs in it. */
  readonly launcher: readonly string[];
  /** Ends it; what runs in it must have ended. */
  end(): void;
}

/** Makes one. @param folder where the copy goes */
export async function makeHostsNamespace(folder: string): Promise<HostsNamespace> {
  const hostsFile = path.join(folder, 'hosts');
  copyFileSync('/etc/hosts', hostsFile);
  const script = 'mount --bind "$1" /etc/hosts && echo ready && exec sleep infinity';
  const holder = spawn(
    'unshare',
    ['-m', '--propagation', 'private', 'sh', '-c', script, 'sh', hostsFile],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let output = '';
  holder.stdout.on('data', (data: Buffer) => (output += data.toString()));
  await waitFor('the mount namespace', () => output.includes('ready'));
  const { pid } = holder;
  if (pid === undefined) {
    throw new Error('The mount namespace has no process');
  }
  return {
    hostsFile,
    launcher: ['nsenter', '-t', String(pid), '-m', '--'],
    end: () => {
      holder.kill('SIGKILL');
    },
  };
}
