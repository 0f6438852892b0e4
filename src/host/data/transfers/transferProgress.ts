import * as vscode from 'vscode';
import type { TransferRun } from './transfers.ts';

/** Shows how far a transfer is, with a button that cancels it. */
export async function withTransferProgress<T>(
  title: string,
  work: (run: Required<Pick<TransferRun, 'onProgress' | 'signal'>>) => Promise<T>,
): Promise<T> {
  return await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    async (progress, cancellation) => {
      const controller = new AbortController();
      const watch = cancellation.onCancellationRequested(() => {
        controller.abort();
      });
      let shown = 0;
      try {
        return await work({
          onProgress: (done, total) => {
            const percent = total === 0 ? 0 : Math.floor((100 * done) / total);
            if (percent > shown) {
              progress.report({ increment: percent - shown });
              shown = percent;
            }
          },
          signal: controller.signal,
        });
      } finally {
        watch.dispose();
      }
    },
  );
}
