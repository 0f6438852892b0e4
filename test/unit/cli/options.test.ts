import assert from 'node:assert/strict';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { defineCommand, exitCodes } from '../../../src/cli/command.ts';
import { commands } from '../../../src/cli/commandList.ts';
import {
  anyText,
  flag,
  oneOf,
  operand,
  optional,
  readOptions,
  repeated,
  required,
  somePath,
  usageOf,
} from '../../../src/cli/options.ts';

const table = {
  file: operand('FILE|-', anyText),
  storage: required('DIR', somePath),
  toDay: optional('DAY', anyText),
  format: optional('a|b', oneOf(['a', 'b'])),
  backups: repeated('FOLDER', somePath),
  skipBad: flag(),
  watch: flag({ isHidden: true, about: 'stay' }),
};

describe('the options of a command', () => {
  it('are read by their names, each as what it means', () => {
    const args = ['--to-day', 'x', '--to-day', 'y', '-', '--storage', 's', '--skip-bad'];
    const given = [...args, '--backups', 'b', '--backups', 'c', '--format=b'];
    assert.deepEqual(readOptions(given, table), {
      options: {
        file: '-',
        storage: path.resolve('s'),
        toDay: 'y',
        format: 'b',
        backups: [path.resolve('b'), path.resolve('c')],
        skipBad: true,
        watch: false,
      },
    });
  });

  it('may be left out where they are optional', () => {
    const read = readOptions(['file', '--storage', 's'], table);
    assert.ok('options' in read);
    const { toDay, format, backups, skipBad } = read.options;
    assert.deepEqual([toDay, format, backups, skipBad], [undefined, undefined, [], false]);
  });

  it('make no sense together with what there is not, or says nothing', () => {
    for (const args of [
      [],
      ['file'],
      ['--storage', 's'],
      ['file', 'another', '--storage', 's'],
      ['file', '--storage', ''],
      ['file', '--storage'],
      ['file', '--storage', 's', '--format', 'c'],
      ['file', '--storage', 's', '--backups', ''],
      ['file', '--storage', 's', '--skip-bad=1'],
      ['file', '--storage', 's', '--skipBad'],
      ['file', '--storage', 's', '--other'],
    ]) {
      assert.ok('wrong' in readOptions(args, table), args.join(' '));
    }
    const unknown = readOptions(['file', '--storage', 's', '--other'], table);
    assert.ok('wrong' in unknown);
    assert.match(unknown.wrong ?? '', /--other/);
  });

  it('are told of in the order of the table', () => {
    assert.equal(
      usageOf(table),
      'FILE|- --storage DIR [--to-day DAY] [--format a|b] [--backups FOLDER]... [--skip-bad]',
    );
  });
});

describe('a command', () => {
  const command = defineCommand({
    name: 'try',
    summary: 'Tries.',
    note: 'Does no harm.',
    options: { times: optional('N', anyText, { about: 'how often' }), once: flag() },
    place: () => 'usual',
    run: ({ times, once }, { output }, place) =>
      times !== undefined && once
        ? undefined
        : Promise.resolve(output.write(`${place} ${times ?? 'never'}`) ? 0 : 1),
  });
  const help =
    'Usage: millrace try [--times N] [--once]\n  Tries.\n  Does no harm.\n  --times N  how often\n';

  async function run(args: readonly string[], place?: string) {
    const input = new PassThrough();
    const [output, errors] = [new PassThrough(), new PassThrough()];
    const code = await command.run(args, { input, output, errors }, place);
    output.end();
    errors.end();
    return { code, said: await text(output), complained: await text(errors) };
  }

  it('runs where the program says, or where it is told', async () => {
    const { done: code } = exitCodes;
    assert.deepEqual(await run(['--times', '2']), { code, said: 'usual 2', complained: '' });
    assert.deepEqual(await run([], 'other'), { code, said: 'other never', complained: '' });
  });

  it('says how it is used: as an answer, below what is wrong, or where options exclude each other', async () => {
    assert.deepEqual(await run(['-h']), { code: exitCodes.done, said: help, complained: '' });
    const { code, complained } = await run(['--twice']);
    assert.equal(code, exitCodes.badInput);
    assert.match(complained, /--twice/);
    assert.ok(complained.endsWith(help));
    assert.deepEqual(await run(['--once', '--times', '1']), {
      code: exitCodes.badInput,
      said: '',
      complained: help,
    });
  });
});

describe('the commands of millrace', () => {
  it('have a name and words each', () => {
    assert.equal(new Set(commands.map(({ name }) => name)).size, commands.length);
    for (const { name, usage, summary } of commands) {
      assert.match(name, /^[a-z]+$/);
      assert.match(usage, /[A-Z]/, name);
      assert.match(summary, /^[A-Z].*\.$/, name);
    }
  });

  it('tell of every option that a person types', () => {
    for (const { name, usage, options } of commands) {
      const told = [...usage.matchAll(/--[a-z-]+/g)].map(([option]) => option);
      const named = [...usageOf(options).matchAll(/--[a-z-]+/g)].map(([option]) => option);
      assert.deepEqual([...new Set(told)].sort(), [...new Set(named)].sort(), name);
    }
  });
});
