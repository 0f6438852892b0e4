import type { Transport } from '../base/channel.ts';
import { toDisposable } from '../base/disposable.ts';
import type { VscodeApi } from './vscodeApi.ts';

/** The wire between the page and the extension host: VS Code carries messages both ways. */
export function windowTransport(api: VscodeApi): Transport {
  return {
    post: (message) => {
      api.postMessage(message);
    },
    onMessage: (listener) => {
      const hear = (event: MessageEvent<unknown>): void => {
        listener(event.data);
      };
      window.addEventListener('message', hear);
      return toDisposable(() => {
        window.removeEventListener('message', hear);
      });
    },
  };
}
