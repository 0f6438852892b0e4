import { spawn } from 'node:child_process';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import psList from 'ps-list';
import { appScanMs } from '../../src/focus/apps/appGuard.ts';
import { AppRefusals } from '../../src/focus/apps/appRefusal.ts';
import { LinuxProcesses } from '../../src/focus/apps/linuxProcesses.ts';
import { MacProcesses } from '../../src/focus/apps/macProcesses.ts';
import type { ProcessTable } from '../../src/focus/apps/processTable.ts';
import { atMost, median, told, type SuiteResult } from '../support/figure.ts';
import { waitFor } from '../support/waitFor.ts';
import { processorMs } from '../support/processorTime.ts';

const crowd = 1_000;
const rounds = 20;

/** What looking for apps costs with a thousand processes: CPU of ours and of children that have ended. */
export async function run(): Promise<SuiteResult> {
  const table: ProcessTable =
    process.platform === 'linux' ? new LinuxProcesses() : new MacProcesses();
  const others = spawn('sh', ['-c', `for i in $(seq ${crowd}); do sleep 1000 & done; wait`], {
    detached: true,
    stdio: 'ignore',
  });
  try {
    await waitFor('the processes', async () => (await table.list()).length >= crowd);
    const facts = { ownPid: process.pid, ownUserId: 1, ownExecutable: process.execPath };
    const scan = async (): Promise<void> => {
      const entries = await table.list();
      const refusals = new AppRefusals(entries, facts);
      entries.filter(({ name }) => name === 'sleep').forEach((entry) => refusals.refusal(entry));
    };
    await scan();
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    const ours = await cpuOf(scan);
    delay.disable();
    const theirs = await cpuOf(psList);
    return {
      suite: 'focus',
      figures: [
        atMost(`app scan, ${crowd} processes, share of one core`, (100 * ours) / appScanMs, '%', 3),
        told('app scan, CPU', ours, 'ms'),
        told('app scan, longest block of the thread', delay.percentile(99) / 1e6, 'ms p99'),
        told('ps-list, CPU of ours alone', theirs, 'ms'),
        told('ps-list, until it answers', await timeOf(psList), 'ms'),
        told('app scan, until it answers', await timeOf(scan), 'ms'),
      ],
    };
  } finally {
    table.dispose();
    if (others.pid !== undefined) {
      process.kill(-others.pid, 'SIGKILL');
    }
  }
}

async function cpuOf(work: () => Promise<unknown>): Promise<number> {
  const values: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const beforeMs = processorMs();
    await work();
    values.push(processorMs() - beforeMs);
  }
  return median(values);
}

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const values: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const startMs = performance.now();
    await work();
    values.push(performance.now() - startMs);
  }
  return median(values);
}
