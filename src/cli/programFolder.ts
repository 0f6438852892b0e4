import { realpathSync } from 'node:fs';
import path from 'node:path';

/** A file that lies beside the running program, whatever link that was called by. */
export function besideProgram(name: string): string {
  return path.join(path.dirname(realpathSync(process.argv[1] ?? '.')), name);
}
