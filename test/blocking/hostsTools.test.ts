import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { hostsHelperScript } from '../../src/focus/hosts/hostsHelperScript.ts';
import { takeOut } from '../../src/focus/hosts/hostsRemoval.ts';
import { addSection } from '../../src/focus/hosts/hostsSection.ts';
import { knownBlock } from '../../src/focus/hosts/knownBlock.ts';
import {
  changeHostsLines,
  hostsSites,
  hostsTexts,
  hostsTools,
  type HostsTool,
} from '../support/hostsTools.ts';
import { mishaps } from '../support/mishaps.ts';

/** The helper's shell and awk and the editor's own code are two writings of one rule: they must come to the same bytes. */
const hosts = '/etc/hosts';
const state = '/var/lib/millrace';
const isLong = process.env['MILLRACE_BLOCKING'] === 'long';
const owner = '1234abcd';
const untilMs = Date.now() + 3_600_000;
const names = hostsSites.flatMap((site) => [site, `www.${site}`]);
/** What is called `awk` on systems; where it is not there, it is not tried. */
const awks = ['awk', 'gawk', 'mawk', 'original-awk', 'busybox awk'].filter(
  (awk) => spawnSync('sh', ['-c', `echo x | ${awk} '{ print }'`]).stdout.toString() === 'x\n',
);

for (const awk of isLong ? awks : awks.slice(0, 1)) {
  /** The system's own is tried with everything, the others with a part. */
  const isThorough = isLong && awk === 'awk';
  describe(`the helper (${awk}) and the editor, after what other programs did`, () => {
    let folder: string;
    let machine: Buffer;
    let script: string;

    before(() => {
      folder = mkdtempSync(path.join(process.env['MILLRACE_STAGE'] ?? '/nowhere', 'tools-'));
      machine = readFileSync(hosts);
      script = path.join(folder, 'helper.sh');
      const withAwk =
        awk === 'awk'
          ? hostsHelperScript
          : hostsHelperScript.replace('\nset -eu\n', `\nset -eu\nawk() { ${awk} "$@"; }\n`);
      writeFileSync(script, withAwk);
    });

    afterEach(() => {
      writeFileSync(hosts, machine);
      rmSync(state, { recursive: true, force: true });
    });

    after(() => {
      rmSync(folder, { recursive: true });
    });

    const read = (): string => readFileSync(hosts, 'latin1');
    const write = (text: string): void => {
      writeFileSync(hosts, Buffer.from(text, 'latin1'));
    };
    const run = (args: readonly string[], input = ''): { status: number | null; said: string } => {
      const { status, stderr } = spawnSync('sh', [script, ...args], { input });
      return { status, said: stderr.toString() };
    };

    function assertAlike(
      text: string,
      edit: (text: string) => string,
      isRemembered: boolean,
    ): void {
      rmSync(state, { recursive: true, force: true });
      write(text);
      const blocked = addSection(text, { owner, untilMs, names });
      assert.deepEqual(run(['on', owner, String(untilMs)], `${names.join('\n')}\n`), {
        status: 0,
        said: '',
      });
      assert.equal(read(), blocked);
      const edited = edit(blocked);
      write(edited);
      if (!isRemembered) {
        rmSync(state, { recursive: true });
      }
      const of = {
        owners: new Set([owner]),
        names: new Set(names),
        deadlines: new Set([untilMs]),
        found: new Set<string>(),
      };
      const wanted = takeOut(
        edited,
        (section) => section.owner === owner,
        isRemembered ? knownBlock(of, text) : undefined,
      );
      const isOdd = wanted.odd.some((mark) => mark.owner === owner);
      const { status, said } = run(['off', owner]);
      assert.equal(read(), wanted.text, said);
      assert.equal(status, isOdd ? 3 : wanted.doubtful.length > 0 ? 4 : 0, said);
      const numbers = wanted.doubtful.map(({ number }) => number).join(' ');
      assert.ok(status !== 4 || said.includes(`: ${numbers}`), said);
    }

    const editsOf =
      (tools: readonly HostsTool[]) =>
      (text: string): string =>
        tools.reduce((now, { edit }) => edit(now), text);

    for (const isRemembered of [true, false]) {
      for (const [name, text] of Object.entries(hostsTexts)) {
        it(`are alike: ${name}, each tool, ${isRemembered ? 'with' : 'without'} what the helper kept`, () => {
          for (const [index, tool] of hostsTools.entries()) {
            if (isThorough || (index + name.length) % 4 === 0) {
              assertAlike(text, editsOf([tool]), isRemembered);
            }
          }
        });
      }
    }

    it('are alike after tools, copies and moved lines', () => {
      fc.assert(
        fc.property(
          fc.constantFrom(...Object.values(hostsTexts)),
          mishaps,
          fc.boolean(),
          (text, { tools, changes }, isRemembered) => {
            const edit = editsOf(tools);
            assertAlike(text, (now) => edit(changeHostsLines(now, changes)), isRemembered);
          },
        ),
        { numRuns: isThorough ? 400 : 60 },
      );
    });
  });
}
