import type { Clock } from '../../../base/clock.ts';
import { foldName } from '../../../focus/apps/processTable.ts';
import type { FocusState } from '../../../focus/session/focusState.ts';
import type { FocusView } from '../../../focus/session/focusView.ts';
import { answerWaitMs } from '../../../focus/session/sessionEnding.ts';

/** Until when a question or a word about focus sessions is worth showing, where it has to wait for its turn. */

/** What is read of the sessions at the moment that counts. */
export interface WatchedSessions {
  readonly state: Pick<FocusState, 'session' | 'order' | 'breaks'>;
  readonly view: Pick<FocusView, 'id' | 'phase'> | undefined;
}

/** Less than this to think, and the session would end under the person's hand. */
const thinkMs = answerWaitMs / 2;
/** That a session is over is no news any more after this. */
const newsMs = 10 * 60_000;

/** Whether to end the session that runs now: while that one is over its time and would wait for the answer. */
export function whileEndIsOpen(sessions: WatchedSessions, clock: Clock): () => boolean {
  const id = sessions.view?.id;
  const fromMs = clock.monotonicMs();
  return () =>
    sessions.view?.id === id &&
    sessions.view?.phase === 'overtime' &&
    clock.monotonicMs() - fromMs <= answerWaitMs - thinkMs;
}

/** Whether to take a break: while the same stretch of work goes on, without a session and with breaks wanted. */
export function whileBreakIsDue(
  sessions: WatchedSessions,
  wantsBreaks: () => boolean,
  clock: Clock,
): () => boolean {
  const { workSinceMs } = sessions.state.breaks;
  return () => {
    const { session, breaks } = sessions.state;
    return (
      wantsBreaks() &&
      session === null &&
      breaks.workSinceMs === workSinceMs &&
      breaks.quietUntilMs <= clock.wallMs()
    );
  };
}

/** That a session is over: until another one runs, or it is long ago. */
export function whileOverIsNews(sessions: WatchedSessions, clock: Clock): () => boolean {
  const fromMs = clock.monotonicMs();
  return () => sessions.state.session === null && clock.monotonicMs() - fromMs <= newsMs;
}

/** That an app runs: while it is on the list of what is blocked now. */
export function whileAppIsListed(sessions: WatchedSessions, name: string): () => boolean {
  const folded = foldName(name);
  return () => sessions.state.order?.apps.some((app) => foldName(app.name) === folded) ?? false;
}
