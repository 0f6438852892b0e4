import * as l10n from '@vscode/l10n';
import type { Readable, Writable } from 'node:stream';
import { translated } from './commandLanguage.ts';
import { aboutOptions, readOptions, usageOf, type OptionsOf, type OptionTable } from './options.ts';

/** What a command talks to; tests give their own. */
export interface CommandIo {
  readonly input: Readable;
  readonly output: Writable;
  readonly errors: Writable;
}

/** What a command ends with. */
export const exitCodes = {
  done: 0,
  /** Something could not be read or written. */
  failed: 1,
  /** The arguments or the input are not as they must be. */
  badInput: 2,
} as const;

/** One sub-command of `millrace`, described once: what it is called, takes, says of itself and does. */
export interface CommandDescription<Table extends OptionTable, Place> {
  readonly name: string;
  /** One sentence. This, the note and what is said of options are English, and translated when they are shown. */
  readonly summary: string;
  readonly options: Table;
  /** The arguments as the help shows them, where options exclude each other; else they are made of the options. */
  readonly usage?: string;
  /** What else `--help` says, above the options that have something to be said about them. */
  readonly note?: string;
  /** What it needs of the program. */
  readonly place: () => Place;
  /** @returns the exit code; `undefined`, and no promise, where the options make no sense together */
  readonly run: (
    options: OptionsOf<Table>,
    io: CommandIo,
    place: Place,
  ) => Promise<number> | undefined;
}

export interface Command<Place = never> {
  readonly name: string;
  readonly options: OptionTable;
  readonly usage: string;
  readonly summary: string;
  readonly note: string | undefined;
  /**
   * Runs it with its arguments, or says how it is used.
   * @param place what it needs of the program, where that is another than usual
   * @returns the process's exit code
   */
  readonly run: (args: readonly string[], io: CommandIo, place?: Place) => Promise<number>;
}

/** Makes a command of its description. */
export function defineCommand<Table extends OptionTable, Place>(
  description: CommandDescription<Table, Place>,
): Command<Place> {
  const { name, summary, options: table, usage = usageOf(table), note } = description;
  const first = (): string => l10n.t('Usage: {0}', `millrace ${name} ${usage}`);
  const help = (): string => {
    const about = note === undefined ? [] : [translated(note), ...aboutOptions(table)];
    return `${[first(), translated(summary), ...about].join('\n  ')}\n`;
  };
  return {
    name,
    options: table,
    usage,
    summary,
    note,
    async run(args, io, place) {
      if (args.includes('--help') || args.includes('-h')) {
        io.output.write(help());
        return exitCodes.done;
      }
      const read = readOptions(args, table);
      const code =
        'options' in read
          ? description.run(read.options, io, place ?? description.place())
          : undefined;
      if (code !== undefined) {
        return code;
      }
      // A help that says more than the usage is shown as a whole, below what is wrong.
      const wrong = 'wrong' in read && read.wrong !== undefined ? `${read.wrong}\n` : '';
      io.errors.write(note === undefined ? `${first()}\n` : `${wrong}${help()}`);
      return exitCodes.badInput;
    },
  };
}
