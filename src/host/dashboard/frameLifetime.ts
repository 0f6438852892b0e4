import { DisposableStore, type Disposable } from '../../base/disposable.ts';

/** Of a view or a panel of VS Code, what tells that it is gone. */
export interface ClosableFrame {
  readonly onDidDispose: (listener: () => void) => Disposable;
}

/**
 * Makes a store for what belongs to one frame. It goes when VS Code takes the frame away, and with `owner` at the latest.
 * @param closed called when the frame is gone, before its things are disposed
 */
export function storeForFrame(
  owner: DisposableStore,
  frame: ClosableFrame,
  closed: () => void,
): DisposableStore {
  const own = owner.add(new DisposableStore());
  own.add(
    frame.onDidDispose(() => {
      closed();
      owner.delete(own);
    }),
  );
  return own;
}
