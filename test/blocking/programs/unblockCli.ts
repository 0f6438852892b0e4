import { unblockCommand } from '../../../src/cli/commands/unblockCommand.ts';

/** The command line with the one command that the warden needs: `node unblockCli.mjs unblock ...`. */
process.exitCode = await unblockCommand.run(process.argv.slice(3), {
  input: process.stdin,
  output: process.stdout,
  errors: process.stderr,
});
