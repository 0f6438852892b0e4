import path from 'node:path';
import { systemClock } from '../../../src/base/clock.ts';
import { FocusService } from '../../../src/focus/focusService.ts';

/**
 * A window of an editor, as far as the focus room knows: begins a session that blocks by the hosts file, or looks
 * on, until it is killed. node editorWindow.mjs STORAGE start|look
 */
const [storageFolder = '', what] = process.argv.slice(2);
const ignore = (): void => {};
const room = new FocusService({
  storageFolder,
  cliFile: path.join(import.meta.dirname, 'unblockCli.mjs'),
  clock: systemClock,
  log: { info: ignore, warn: ignore, error: ignore },
  surroundings: { flow: () => 'steady', isFocused: () => what === 'start' },
});
await room.start();
if (what === 'start') {
  await room.sessions.begin({
    kind: 'focus',
    plannedMs: 10 * 60_000,
    block: { sites: ['distraction.test'], apps: [], methods: ['hosts'] },
  });
  await room.enforcer.look();
}
process.stdout.write('ready\n');
process.stdin.on('data', (data) => {
  // A line on standard input ends the session.
  if (data.toString().startsWith('end')) {
    void room.sessions.end();
  }
});
setInterval(ignore, 60_000);
