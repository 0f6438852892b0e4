/** One process as a platform's table shows it. */
export interface ProcessEntry {
  readonly pid: number;
  readonly parentPid: number;
  /** The user's number; on Windows the number of the logon session, which has to stand for it. */
  readonly userId: number;
  /**
   * When it began, in whatever the platform counts. Process numbers are used again: only number, start and user
   * together name a process.
   */
  readonly start: string;
  /** The base name of its executable, without `.exe`; '' where that can't be seen (kernel threads, others'). */
  readonly name: string;
  /** The whole path, where it can be seen. */
  readonly executable: string | undefined;
}

/** A look at the machine's processes. Dispose it to end what it may have started. */
export interface ProcessTable {
  list(): Promise<readonly ProcessEntry[]>;
  /** One process, as it is at this very moment; `undefined` when there is none of this number. */
  look(pid: number): Promise<ProcessEntry | undefined>;
  /**
   * Asks a process to end, or ends it. The caller has just looked.
   * @returns false when it was gone, or may not be ended by us
   */
  signal(pid: number, how: 'ask' | 'end'): Promise<boolean>;
  dispose(): void;
}

/** The same process, not another one under its number. */
export function isSameProcess(one: ProcessEntry, other: ProcessEntry | undefined): boolean {
  return one.pid === other?.pid && one.start === other.start && one.userId === other.userId;
}

/** What is compared when an app is looked for: exact, but for the case of letters. */
export function foldName(name: string): string {
  return name
    .trim()
    .replace(/\.(?:exe|app)$/i, '')
    .normalize('NFC')
    .toLowerCase();
}
