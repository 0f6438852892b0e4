import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { SerialQueue } from '../../base/serialQueue.ts';
import type { ProcessEntry, ProcessTable } from './processTable.ts';

/**
 * One PowerShell that stays: starting one for each look would cost more than all looks. It reads one word a
 * line and answers with lines of JSON and a line `.`.
 */
const script = `
$ErrorActionPreference = 'SilentlyContinue'
[Console]::OutputEncoding = [Text.Encoding]::UTF8
while ($null -ne ($line = [Console]::In.ReadLine())) {
  $word, $number = $line.Split(' ')
  if ($word -eq 'list' -or $word -eq 'look') {
    $query = 'SELECT ProcessId, ParentProcessId, SessionId, CreationDate, Name, ExecutablePath FROM Win32_Process'
    if ($word -eq 'look') { $query += " WHERE ProcessId = $([int]$number)" }
    foreach ($p in Get-CimInstance -Query $query) {
      [Console]::Out.WriteLine((ConvertTo-Json -Compress @($p.ProcessId, $p.ParentProcessId, $p.SessionId,
        $p.CreationDate.Ticks, $p.Name, $p.ExecutablePath)))
    }
  } elseif ($word -eq 'ask') {
    if ((Get-Process -Id ([int]$number)).CloseMainWindow()) { [Console]::Out.WriteLine('true') }
  } elseif ($word -eq 'end') {
    Stop-Process -Force -Id ([int]$number); if ($?) { [Console]::Out.WriteLine('true') }
  }
  [Console]::Out.WriteLine('.')
}
`;

const answerTimeoutMs = 10_000;

/** Windows's processes by one long-lived query. There is no TERM: asking is closing the main window. */
export class WindowsProcesses implements ProcessTable {
  readonly #queue = new SerialQueue();
  #child: ChildProcessWithoutNullStreams | undefined;

  async list(): Promise<readonly ProcessEntry[]> {
    return parseRows(await this.#ask('list'));
  }

  async look(pid: number): Promise<ProcessEntry | undefined> {
    return parseRows(await this.#ask(`look ${pid}`)).find((entry) => entry.pid === pid);
  }

  async signal(pid: number, how: 'ask' | 'end'): Promise<boolean> {
    return Number.isInteger(pid) && pid > 4 && (await this.#ask(`${how} ${pid}`)).includes('true');
  }

  dispose(): void {
    this.#child?.kill();
    this.#child = undefined;
  }

  #ask(line: string): Promise<readonly string[]> {
    return this.#queue.run(
      () =>
        new Promise((resolve) => {
          const child = this.#start();
          const lines: string[] = [];
          let rest = '';
          const finish = (answer: readonly string[]): void => {
            clearTimeout(timer);
            child.stdout.removeAllListeners('data');
            child.removeAllListeners('close');
            resolve(answer);
          };
          const timer = setTimeout(() => {
            this.dispose();
            finish([]);
          }, answerTimeoutMs);
          child.once('close', () => {
            this.#child = undefined;
            finish([]);
          });
          child.stdout.on('data', (data: string) => {
            const parts = (rest + data).split(/\r?\n/);
            rest = parts.pop() ?? '';
            for (const part of parts) {
              if (part === '.') {
                finish(lines);
                return;
              }
              lines.push(part);
            }
          });
          child.stdin.write(`${line}\n`);
        }),
    );
  }

  #start(): ChildProcessWithoutNullStreams {
    if (this.#child === undefined) {
      const encoded = Buffer.from(script, 'utf16le').toString('base64');
      const child = spawn(
        'powershell.exe',
        ['-NoLogo', '-NoProfile', '-NonInteractive', '-EncodedCommand', encoded],
        { windowsHide: true },
      );
      child.stdout.setEncoding('utf8');
      child.stdin.on('error', () => {});
      child.on('error', () => {
        this.#child = undefined;
      });
      this.#child = child;
    }
    return this.#child;
  }
}

/** Reads rows of [pid, parent, session, ticks, name, path]; what has another shape is left out. */
export function parseRows(lines: readonly string[]): ProcessEntry[] {
  return lines.flatMap((line) => {
    let row: unknown;
    try {
      row = JSON.parse(line);
    } catch {
      return [];
    }
    if (!Array.isArray(row)) {
      return [];
    }
    const [pid, parentPid, session, ticks, name, executable] = row as unknown[];
    return typeof pid === 'number' &&
      typeof parentPid === 'number' &&
      typeof session === 'number' &&
      typeof name === 'string'
      ? [
          {
            pid,
            parentPid,
            userId: session,
            start: String(ticks),
            name: name.replace(/\.exe$/i, ''),
            executable: typeof executable === 'string' ? executable : undefined,
          },
        ]
      : [];
  });
}
