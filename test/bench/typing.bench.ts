import { readFileSync } from 'node:fs';
import type { EditorWindow } from '../realEditor/editorWindow.ts';
import { makeTestFolder, removeTestFolder, RealEditor } from '../realEditor/realEditor.ts';
import { makeWorkspace, startWithMillrace, statusItem } from '../e2e/millrace.ts';
import { atMost, median, told, type Figure, type SuiteResult } from '../support/figure.ts';
import { pause } from '../support/waitFor.ts';

const rounds = 5;
const keysEach = 1_000;
/** Linux counts a process's time in these: sysconf(_SC_CLK_TCK), 100 a second on every platform of today. */
const tickMs = 10;
/** So long a window's start is taken for: Millrace's chores begin within 15 s of the first key. */
const startMs = 25_000;
/** What a host still does for what was typed, after the last key. */
const settleMs = 3_000;

interface Measured {
  /** Of the window's start. */
  readonly startCpuMs: number;
  /** Of the keys. */
  readonly cpuMs: number;
  readonly residentMb: number;
}

/**
 * What Millrace adds to a window's start and to typing: CPU time and memory of the extension-host process, against
 * the same editor with no extension installed. Rounds of both take turns, each with a new extension host, so that
 * a busy machine burdens both alike. The keeper has run and ended when memory is looked at, as in every window in
 * which somebody works.
 */
export async function run(): Promise<SuiteResult> {
  const home = await makeTestFolder('typing');
  const editors: RealEditor[] = [];
  try {
    const withMillrace = await startWithMillrace();
    editors.push(withMillrace);
    const without = await RealEditor.start();
    editors.push(without);
    const windows = {
      withMillrace: await withMillrace.openWindow(await makeWorkspace(home, 'with')),
      without: await without.openWindow(await makeWorkspace(home, 'without')),
    };
    const results: { withMillrace: Measured[]; without: Measured[] } = {
      withMillrace: [],
      without: [],
    };
    for (let round = 0; round < rounds; round += 1) {
      console.log(`  round ${round + 1} of ${rounds}`);
      await windows.withMillrace.reload();
      await windows.without.reload();
      await statusItem(windows.withMillrace).waitFor();
      for (const window of [windows.withMillrace, windows.without]) {
        await window.focusEditor();
        await window.type(words);
      }
      await pause(startMs);
      // Both at one time: the one that types last has had longer to do what is not typing.
      const started = {
        withMillrace: cpuTimeMs(newestHost(withMillrace)),
        without: cpuTimeMs(newestHost(without)),
      };
      results.withMillrace.push({
        startCpuMs: started.withMillrace,
        ...(await measureTyping(withMillrace, windows.withMillrace)),
      });
      results.without.push({
        startCpuMs: started.without,
        ...(await measureTyping(without, windows.without)),
      });
    }
    return { suite: 'typing', figures: figuresOf(results.withMillrace, results.without) };
  } finally {
    for (const editor of editors) {
      await editor.stop();
    }
    await removeTestFolder(home);
  }
}

async function measureTyping(
  editor: RealEditor,
  window: EditorWindow,
): Promise<Omit<Measured, 'startCpuMs'>> {
  await waitUntilIdle(editor);
  const host = newestHost(editor);
  const beforeMs = cpuTimeMs(host);
  for (let typed = 0; typed < keysEach; typed += words.length) {
    await window.type(words.slice(0, keysEach - typed));
  }
  await pause(settleMs);
  return {
    cpuMs: cpuTimeMs(host) - beforeMs,
    residentMb: residentMegabytes(host),
  };
}

function figuresOf(withMillrace: readonly Measured[], without: readonly Measured[]): Figure[] {
  const typical = (measured: readonly Measured[], what: keyof Measured): number =>
    median(measured.map((round) => round[what]));
  const start = (measured: readonly Measured[]): number => typical(measured, 'startCpuMs');
  const cpu = (measured: readonly Measured[]): number =>
    (typical(measured, 'cpuMs') * 1_000) / keysEach;
  const memory = (measured: readonly Measured[]): number => typical(measured, 'residentMb');
  return [
    told('CPU over no extension, start of a window', start(withMillrace) - start(without), 'ms'),
    told('CPU with no extension, start of a window', start(without), 'ms'),
    atMost('CPU over no extension, 1,000 keys', cpu(withMillrace) - cpu(without), 'ms', 30),
    told('CPU with Millrace, 1,000 keys', cpu(withMillrace), 'ms'),
    told('CPU with no extension, 1,000 keys', cpu(without), 'ms'),
    atMost('memory over no extension', memory(withMillrace) - memory(without), 'MB', 10),
    told('memory with Millrace', memory(withMillrace), 'MB'),
    told('memory with no extension', memory(without), 'MB'),
  ];
}

const words = 'water turns the wheel and the stones grind what was sown. ';

function newestHost(editor: RealEditor): number {
  const host = editor.server.extensionHosts().at(-1);
  if (host === undefined) {
    throw new Error('There is no extension host');
  }
  return host.pid;
}

/** Waits until the host has used at most a tick's time in two seconds, or for half a minute. */
async function waitUntilIdle(editor: RealEditor): Promise<void> {
  for (let look = 0; look < 15; look += 1) {
    const host = newestHost(editor);
    const beforeMs = cpuTimeMs(host);
    await pause(2_000);
    if (cpuTimeMs(host) - beforeMs <= tickMs) {
      return;
    }
  }
}

/** User and system time of all threads, also of those that have ended: proc(5), fields 14 and 15 of stat. */
function cpuTimeMs(pid: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * tickMs;
}

function residentMegabytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1_000;
}
