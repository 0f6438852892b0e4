import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import type { Clock } from '../base/clock.ts';
import { describeError, type Log } from '../base/log.ts';
import type { FlowEngine } from '../flow/detection/flowEngine.ts';
import type { FlowReading } from '../flow/flowReading.ts';
import type { KeystrokeRing } from '../tracking/keystrokeRing.ts';
import { Tracker } from '../tracking/tracker.ts';
import { isUntoldInFront } from './recording/inFront.ts';
import type { Settings } from './settings/settingTable.ts';

const minuteMs = 60_000;

/** The tracker of this window, as its window is now. */
export function createTracker(
  ring: KeystrokeRing,
  engine: FlowEngine,
  { idleMinutes }: Settings,
  clock: Clock,
  log: Log,
): Tracker<FlowReading> {
  return new Tracker<FlowReading>({
    clock,
    ring,
    scorer: engine,
    newSessionId: () => randomBytes(16).toString('hex'),
    idleMs: idleMinutes * minuteMs,
    focused: vscode.window.state.focused,
    // `undefined` in a port of VS Code that does not tell of keyboard and mouse.
    active: vscode.window.state.active,
    isFrontUntold: isUntoldInFront,
    onListenerError: (error) => {
      log.error('A listener of the tracker failed', describeError(error));
    },
  });
}
