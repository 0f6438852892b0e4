/** TERM or KILL to one process, by Node's own call. @returns false when it is gone or not ours to end */
export function posixSignal(pid: number, how: 'ask' | 'end'): Promise<boolean> {
  try {
    // A number of 0 or below would reach a whole group.
    return Promise.resolve(
      Number.isInteger(pid) && pid > 1 && process.kill(pid, how === 'ask' ? 'SIGTERM' : 'SIGKILL'),
    );
  } catch {
    return Promise.resolve(false);
  }
}
