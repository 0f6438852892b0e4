import { runUnblock } from '../../../src/cli/commands/unblockCommand.ts';

/** The command line with the one command that the warden needs: `node unblockCli.mjs unblock ...`. */
process.exitCode = await runUnblock(process.argv.slice(3), process.stdout, process.stderr);
