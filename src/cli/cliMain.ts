// The `millrace` command: the core of the extension without an editor.
import * as l10n from '@vscode/l10n';
import { visibleStream } from './visibleStream.ts';
import { visibleText } from '../base/visibleText.ts';
import { systemErrorCode, toError } from '../base/errors.ts';
import { exitCodes, type CommandIo } from './command.ts';
import { commands } from './commandList.ts';
import { speakLanguageOf, translated } from './commandLanguage.ts';
import { besideProgram } from './programFolder.ts';

function help(): string {
  const lines = commands.map(
    ({ name, usage, summary }) => `  millrace ${name} ${usage}\n      ${translated(summary)}\n`,
  );
  return `${l10n.t('Usage:')}\n${lines.join('')}`;
}

async function run(args: readonly string[], io: CommandIo): Promise<number> {
  const [name, ...rest] = args;
  if (name === '--help' || name === '-h' || name === 'help') {
    io.output.write(help());
    return exitCodes.done;
  }
  const command = commands.find((each) => each.name === name);
  if (command === undefined) {
    io.errors.write(
      name === undefined
        ? help()
        : `${l10n.t('Unknown command: {0}', visibleText(name))}\n${help()}`,
    );
    return exitCodes.badInput;
  }
  return command.run(rest, io);
}

const io: CommandIo = {
  input: process.stdin,
  output: visibleStream(process.stdout),
  errors: visibleStream(process.stderr),
};

// Whoever reads the output may stop early (`| head`); that is no failure.
process.stdout.on('error', (error: Error) => {
  const code = systemErrorCode(error) ?? error.name;
  if (code === 'EPIPE') {
    process.exit(exitCodes.done);
  }
  io.errors.write(`millrace: ${l10n.t('the output can not be written ({0})', code)}\n`);
  process.exit(exitCodes.failed);
});

speakLanguageOf(process.env, besideProgram('../l10n'));
run(process.argv.slice(2), io).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    io.errors.write(`millrace: ${translated(toError(error).message)}\n`);
    process.exitCode = exitCodes.failed;
  },
);
