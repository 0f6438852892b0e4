import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { commandActions, commandId } from '../../src/host/commandTable.ts';
import { waitFor } from '../support/waitFor.ts';

describe('the extension', () => {
  const extension = (): vscode.Extension<unknown> => {
    const found = vscode.extensions.getExtension('millrace.millrace');
    assert.ok(found, 'millrace.millrace is installed');
    return found;
  };

  it('activates by itself once the editor has started', async () => {
    await waitFor('Millrace to activate', () => extension().isActive);
  });

  it('offers every command of its table, and no other', async () => {
    const own = (await vscode.commands.getCommands(true)).filter(
      // VS Code adds commands for a view, named after it.
      (id) => id.startsWith('millrace.') && !id.startsWith('millrace.dashboard.'),
    );
    assert.deepEqual(own.sort(), commandActions().map(commandId).sort());
  });

  it('never registers the type command', async () => {
    // A second registration would throw, and VS Code's own one must still be what types.
    const document = await vscode.workspace.openTextDocument({ content: '' });
    await vscode.window.showTextDocument(document);
    const registration = vscode.commands.registerCommand('type', () => {});
    registration.dispose();
    await vscode.commands.executeCommand('type', { text: 'a' });
    await waitFor('the key in the document', () => document.getText() === 'a');
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });

  it('runs its commands without an error', async () => {
    for (const id of [
      commandId('pauseTracking'),
      commandId('resumeTracking'),
      commandId('openDashboard'),
      commandId('showLog'),
      commandId('openSettings'),
    ]) {
      await vscode.commands.executeCommand(id);
    }
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.commands.executeCommand('workbench.action.closePanel');
  });
});
