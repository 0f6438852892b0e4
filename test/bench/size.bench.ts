import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { atMost, told, type SuiteResult } from '../support/figure.ts';
import { listZip } from '../support/zipEntries.ts';
import { vsixFile } from '../support/vsixFile.ts';

const kilobyte = 1000;
const megabyte = 1_000_000;

/** The size of the packaged extension, and of what weighs most in it. */
export function run(): Promise<SuiteResult> {
  const file = vsixFile();
  const heaviest = listZip(readFileSync(file))
    .sort((a, b) => b.packedBytes - a.packedBytes)
    .slice(0, 6);
  return Promise.resolve({
    suite: 'size',
    figures: [
      atMost('.vsix', statSync(file).size / megabyte, 'MB', 1.5),
      ...heaviest.map(({ name, packedBytes }) =>
        told(path.posix.basename(name), packedBytes / kilobyte, 'kB packed'),
      ),
    ],
  });
}
