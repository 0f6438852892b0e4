import * as vscode from 'vscode';
import { replaceFile } from '../../../files/durableFiles.ts';
import { openNamed } from '../../../files/namedFile.ts';
import {
  formatConfiguration,
  parseConfiguration,
  previewConfiguration,
  type ConfigurationPreview,
  type Json,
  type PresentConfiguration,
} from '../../../transfer/configuration.ts';
import { TransferError } from '../../../transfer/transferError.ts';
import { settingRules } from '../../settings/configurationRules.ts';
import { confirm } from '../../dialogs/confirm.ts';
import { chooseFile } from '../../dialogs/chooseFile.ts';

/** What fits into a question. */
const mostNamed = 12;
const longestValue = 60;
/** A configuration is far smaller; of what is larger only so much is looked at, which is refused. */
const mostReadBytes = (4 << 20) + 1;

/** Writes the settings that somebody set, but for what belongs to this computer. @throws {TransferError} */
export async function exportConfiguration(nowMs: number): Promise<void> {
  const target = await vscode.window.showSaveDialog({
    title: vscode.l10n.t('Export the Configuration'),
    saveLabel: vscode.l10n.t('Export'),
    filters: { JSON: ['json'] },
  });
  if (target === undefined) {
    return;
  }
  await replaceFile(target.fsPath, formatConfiguration(present(), settingRules, nowMs));
  void vscode.window.showInformationMessage(
    vscode.l10n.t('The configuration is exported, with your lists and without folders and ports.'),
  );
}

/** Takes the settings of a file over, after a preview. @throws {TransferError} */
export async function importConfiguration(): Promise<void> {
  const chosen = await chooseFile({
    title: vscode.l10n.t('A Configuration of Millrace'),
    openLabel: vscode.l10n.t('Preview'),
    filters: { JSON: ['json'] },
  });
  if (chosen === undefined) {
    return;
  }
  const file = parseConfiguration(await readStart(chosen.fsPath));
  // The dashboard's layout belongs to each of its pages.
  const preview = previewConfiguration(file, present(), settingRules, () => false);
  if (preview.changes.length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('There is nothing new in this file.'));
    return;
  }
  const isMeant = await confirm({
    question: vscode.l10n.t('Take over {0} settings?', preview.changes.length),
    detail: previewText(preview),
    yes: vscode.l10n.t('Take Over'),
  });
  if (!isMeant) {
    return;
  }
  const configuration = vscode.workspace.getConfiguration('millrace');
  for (const { name, to } of preview.changes) {
    await configuration.update(name, to, vscode.ConfigurationTarget.Global);
  }
}

function present(): PresentConfiguration {
  const configuration = vscode.workspace.getConfiguration('millrace');
  const values = settingRules.flatMap(({ name }) => {
    const value = configuration.inspect<Json>(name)?.globalValue;
    return value === undefined ? [] : [[name, value] as const];
  });
  return { settings: Object.fromEntries(values), layout: null };
}

function previewText({ changes, refused }: ConfigurationPreview): string {
  const lines = [
    ...changes
      .slice(0, mostNamed)
      .map(({ name, to }) => vscode.l10n.t('{0}: {1}', `millrace.${name}`, shortened(to))),
    ...(changes.length > mostNamed
      ? [vscode.l10n.t('and {0} more', changes.length - mostNamed)]
      : []),
    ...(refused.length > 0
      ? [
          '',
          vscode.l10n.t(
            'Not taken, as it is unknown, out of range, or of another computer: {0}',
            refused
              .slice(0, mostNamed)
              .map(({ name }) => name)
              .join(', '),
          ),
        ]
      : []),
  ];
  return lines.join('\n');
}

function shortened(value: Json): string {
  const text = JSON.stringify(value);
  return text.length <= longestValue ? text : `${text.slice(0, longestValue)}…`;
}

async function readStart(file: string): Promise<Uint8Array> {
  const handle = await openNamed(file);
  try {
    const { size } = await handle.stat();
    if (size >= mostReadBytes) {
      throw new TransferError('tooLarge', 'A configuration is no file of this size');
    }
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}
