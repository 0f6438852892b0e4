import * as vscode from 'vscode';
import type { VerifySummary } from '../../vault/keeper/keeperContract.ts';
import type { Vault } from '../../vault/vault.ts';

/** Losses named in one message; the command line's report names all. */
const mostNamed = 3;

/** Checks every byte of the vault that authenticates, and says what came of it. @throws {VaultError} */
export async function verifyVault(vault: Vault): Promise<void> {
  const summary = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title: vscode.l10n.t('Millrace: verifying') },
    () => vault.keeper.ask('verify', {}),
  );
  const files = summary.whole + summary.damaged + summary.unreadable + summary.later;
  // They are not the vault's: of those nothing is lost.
  const isWhole = summary.whole === files;
  if (isWhole) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t('The vault is whole: {0} files, every byte checked.', files),
    );
  } else {
    void vscode.window.showWarningMessage(
      vscode.l10n.t(
        '{0} of {1} files of the vault are damaged, and {2} records can\'t be read. {3} Everything else is readable; "millrace vault salvage" rebuilds a whole vault from it.',
        files - summary.whole,
        files,
        summary.lostRecords,
        lossesOf(summary),
      ),
    );
  }
  if (summary.strange > 0) {
    void vscode.window.showWarningMessage(
      vscode.l10n.t(
        '{0} files in the folder of the vault are signed neither by you nor by a device of yours. Nothing of them is read. If another device of yours wrote them, unlock the vault there once.',
        summary.strange,
      ),
    );
  }
}

/** From when to when something is lost, as far as what is around it tells. */
function lossesOf({ lost }: VerifySummary): string {
  return lost
    .slice(0, mostNamed)
    .map(({ fromMs, toMs }) => vscode.l10n.t('Lost: {0} to {1}.', timeOf(fromMs), timeOf(toMs)))
    .join(' ');
}

function timeOf(wallMs: number | null): string {
  return wallMs === null
    ? vscode.l10n.t('unknown')
    : new Date(wallMs).toLocaleString(vscode.env.language);
}
