import type { Disposable } from '../../base/disposable.ts';
import type { Event } from '../../base/emitter.ts';
import type { FlowState } from '../../facts/flow.ts';
import type { Notices } from './notices.ts';

/** Keeps notices back from the step that finds the person in flow until one that finds them out of it. */
export function holdInFlow(
  tracker: { readonly onDidStep: Event<{ readonly state: FlowState }> },
  notices: Pick<Notices, 'hold'>,
): Disposable {
  return tracker.onDidStep(({ state }) => {
    notices.hold(state === 'inFlow', 'flow');
  });
}
