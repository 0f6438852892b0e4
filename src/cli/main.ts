import { systemErrorCode, toError } from '../base/errors.ts';
import { backupCommand } from './backup.ts';
import { exitCodes, type Command, type CommandIo } from './command.ts';
import { demoCommand } from './demo.ts';
import { exportCommand, importCommand } from './exportImport.ts';
import { purgeCommand } from './purge.ts';
import { replayCommand } from './replay.ts';
import { restoreCommand } from './restore.ts';
import { syncCommand } from './sync.ts';
import { runUnblock, unblockHelp, unblockSummary, unblockUsage } from './unblock.ts';
import { vaultCommand } from './vault.ts';

/** The `millrace` command: the core of the extension without an editor. */
const commands: Readonly<Record<string, Command>> = {
  replay: replayCommand,
  demo: demoCommand,
  vault: vaultCommand,
  backup: backupCommand,
  restore: restoreCommand,
  export: exportCommand,
  import: importCommand,
  purge: purgeCommand,
  sync: syncCommand,
  unblock: {
    usage: unblockUsage,
    summary: unblockSummary,
    help: unblockHelp,
    run: (args, { output, errors }) => runUnblock(args, output, errors),
  },
};

function help(): string {
  const lines = Object.entries(commands).map(
    ([name, { usage, summary }]) => `  millrace ${name} ${usage}\n      ${summary}\n`,
  );
  return `Usage:\n${lines.join('')}`;
}

async function run(args: readonly string[], io: CommandIo): Promise<number> {
  const [name, ...rest] = args;
  if (name === '--help' || name === '-h' || name === 'help') {
    io.output.write(help());
    return exitCodes.done;
  }
  const command = name !== undefined && Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) {
    io.errors.write(name === undefined ? help() : `Unknown command: ${name}\n${help()}`);
    return exitCodes.badInput;
  }
  if (rest.includes('--help') || rest.includes('-h')) {
    io.output.write(
      command.help ?? `Usage: millrace ${name ?? ''} ${command.usage}\n  ${command.summary}\n`,
    );
    return exitCodes.done;
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
