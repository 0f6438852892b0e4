import { appendFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { format } from 'node:util';
import { tellOfTests } from '../../scripts/lib/testEvents.mjs';

/**
 * The entry point that VS Code calls inside its extension host: runs every test file of this folder with
 * mocha. What happens goes line by line to the file that MILLRACE_TEST_EVENTS names.
 * @throws {Error} when a test failed, which VS Code turns into its exit code.
 */
export async function run(): Promise<void> {
  const { default: Mocha } = await import('mocha');
  // Marked, so that whoever runs this can tell it from all else that a window logs.
  Mocha.reporters.Base.consoleLog = (...args: unknown[]) => {
    for (const line of format(...args).split('\n')) {
      console.log(`test|${line}`);
    }
  };
  const mocha = new Mocha({
    ui: 'bdd',
    reporter: 'spec',
    color: false,
    // Longer than the patience of one wait, whose error says more.
    timeout: 120_000,
    forbidOnly: true,
    failZero: true,
  });
  const grep = process.env['MILLRACE_TEST_GREP'];
  if (grep !== undefined) {
    mocha.fgrep(grep);
  }
  // Built as CommonJS beside this file: the extension host gives `vscode` only to `require`.
  for (const file of readdirSync(__dirname).sort()) {
    if (file.endsWith('.test.js')) {
      mocha.addFile(path.join(__dirname, file));
    }
  }

  const eventsFile = process.env['MILLRACE_TEST_EVENTS'];
  const tell = (event: object): void => {
    if (eventsFile !== undefined) {
      appendFileSync(eventsFile, `${JSON.stringify(event)}\n`);
    }
  };
  const failures = await new Promise<number>((resolve) => {
    tellOfTests(mocha.run(resolve), tell);
  });
  tell({ kind: 'fileEnded' });
  if (failures > 0) {
    throw new Error(`${failures} tests failed`);
  }
}
