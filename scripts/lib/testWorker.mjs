// Runs test files one after the other, as the process that started it names them, and tells it of every test.
// Arguments: JSON of { grep, hooks, exitAtEnd }.
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import Mocha from 'mocha';
import { tellOfTests } from './testEvents.mjs';

const { grep, hooks, exitAtEnd = false } = JSON.parse(process.argv[2] ?? '{}');

/** @param {object} event */
function tell(event) {
  if (process.connected) {
    process.send(event);
  }
}

async function runFile(file) {
  const rootHooks = hooks && (await import(pathToFileURL(hooks).href)).mochaHooks;
  const mocha = new Mocha({
    ui: 'bdd',
    // A test that hangs must end; one on a busy machine must not. Those that need more say so.
    timeout: 120_000,
    forbidOnly: true,
    ...(rootHooks && { rootHooks }),
    // What is told is the report.
    reporter: class {},
  });
  if (grep) {
    mocha.fgrep(grep);
  }
  mocha.addFile(file);
  try {
    await mocha.loadFilesAsync();
    await new Promise((resolve) => {
      tellOfTests(mocha.run(resolve), tell);
    });
  } catch (error) {
    tell({ kind: 'failed', path: [path.basename(file)], words: error.stack ?? String(error) });
  }
  tell({ kind: 'fileEnded' });
}

const exit = () => process.exit();

process.on('message', ({ file }) => {
  if (file !== undefined) {
    void runFile(file);
    return;
  }
  // Nothing more is asked. Whoever waits for the end of this process learns what keeps it.
  process.off('disconnect', exit);
  process.disconnect();
  if (exitAtEnd) {
    process.exit();
  }
  setTimeout(() => {
    console.error(`Still open: ${process.getActiveResourcesInfo().join(', ')}`);
  }, 10_000).unref();
});
// The process that started this one is gone.
process.once('disconnect', exit);
