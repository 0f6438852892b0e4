// The `millrace` command: the core of the extension without an editor.
import { systemErrorCode, toError } from '../base/errors.ts';
import { exitCodes, type CommandIo } from './command.ts';
import { commands } from './commandList.ts';

function help(): string {
  const lines = commands.map(
    ({ name, usage, summary }) => `  millrace ${name} ${usage}\n      ${summary}\n`,
  );
  return `Usage:\n${lines.join('')}`;
}

async function run(args: readonly string[], io: CommandIo): Promise<number> {
  const [name, ...rest] = args;
  if (name === '--help' || name === '-h' || name === 'help') {
    io.output.write(help());
    return exitCodes.done;
  }
  const command = commands.find((each) => each.name === name);
  if (command === undefined) {
    io.errors.write(name === undefined ? help() : `Unknown command: ${name}\n${help()}`);
    return exitCodes.badInput;
  }
  return command.run(rest, io);
}

const io: CommandIo = { input: process.stdin, output: process.stdout, errors: process.stderr };

// Whoever reads the output may stop early (`| head`); that is no failure.
process.stdout.on('error', (error: Error) => {
  const code = systemErrorCode(error) ?? error.name;
  if (code === 'EPIPE') {
    process.exit(exitCodes.done);
  }
  io.errors.write(`millrace: the output can not be written (${code})\n`);
  process.exit(exitCodes.failed);
});

run(process.argv.slice(2), io).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    io.errors.write(`millrace: ${toError(error).message}\n`);
    process.exitCode = exitCodes.failed;
  },
);
