import { hostsHelperScript } from '../../../src/focus/hosts/hostsHelperScript.ts';

const lines = hostsHelperScript.split('\n');
/** Before it, nothing was written. */
const first = lines.findIndex((line) => line.startsWith('mkdir -p -m 0700'));
const doesSomething = /^ {0,4}(?:(?:cp|cat|mv|sync|rm|cmp|done)\b|(?:beside|real|locked)=)/;

/** The hosts helper, killed with `kill -9` right after a line of it. */
export interface DyingHelper {
  readonly script: string;
  /** That line, to name it. */
  readonly after: string;
}

/** One for each line that touches a file, or gets ready to. */
export const dyingHelpers: readonly DyingHelper[] = lines.flatMap((line, index) =>
  index > first && doesSomething.test(line)
    ? [
        {
          script: [...lines.slice(0, index + 1), 'kill -9 $$', ...lines.slice(index + 1)].join(
            '\n',
          ),
          after: `line ${index}: ${line}`,
        },
      ]
    : [],
);
