import * as vscode from 'vscode';
import { toDisposable, type Disposable } from '../../../base/disposable.ts';
import type { Protection } from '../../../focus/session/flowProtection.ts';

const undoCommand = 'millrace.undoProtection';

/**
 * Small status-bar items for what protects flow now: a click on one undoes it. No notification, which would be
 * the very thing that flow is protected from.
 */
export class ProtectionItems implements Disposable {
  readonly #items = new Map<Protection, vscode.StatusBarItem>();
  readonly #command: Disposable;

  /** @param undo is called with what was clicked */
  constructor(undo: (one: Protection) => void) {
    const undoOne = async (one: unknown): Promise<void> => {
      const known = [...this.#items.keys()].find((item) => item === one);
      if (known !== undefined) {
        undo(known);
        if (known === 'offerDoNotDisturb') {
          await vscode.commands.executeCommand('notifications.toggleDoNotDisturbMode');
        }
      }
    };
    const registration = vscode.commands.registerCommand(undoCommand, undoOne);
    this.#command = toDisposable(() => {
      registration.dispose();
    });
  }

  show(active: readonly Protection[]): void {
    for (const [one, item] of this.#items) {
      if (!active.includes(one)) {
        item.dispose();
        this.#items.delete(one);
      }
    }
    for (const one of active) {
      if (!this.#items.has(one)) {
        this.#items.set(one, makeItem(one));
      }
    }
  }

  dispose(): void {
    this.show([]);
    this.#command.dispose();
  }
}

function makeItem(one: Protection): vscode.StatusBarItem {
  const item = vscode.window.createStatusBarItem(
    `millrace.protection.${one}`,
    vscode.StatusBarAlignment.Right,
    99,
  );
  const { icon, name, tooltip } = wordsOf(one);
  item.name = vscode.l10n.t('Millrace Flow Protection');
  item.text = `$(${icon})`;
  item.tooltip = tooltip;
  item.accessibilityInformation = { label: `${name}. ${tooltip}`, role: 'button' };
  item.command = { title: name, command: undoCommand, arguments: [one] };
  item.show();
  return item;
}

function wordsOf(one: Protection): { icon: string; name: string; tooltip: string } {
  switch (one) {
    case 'holdNotices':
      return {
        icon: 'mute',
        name: vscode.l10n.t('Millrace keeps its notices back'),
        tooltip: vscode.l10n.t('Click to let them through'),
      };
    case 'blockList':
      return {
        icon: 'shield',
        name: vscode.l10n.t('Your list is blocked while you are in flow'),
        tooltip: vscode.l10n.t('Click to let everything through'),
      };
    case 'offerDoNotDisturb':
      return {
        icon: 'bell-slash',
        name: vscode.l10n.t('Do not disturb?'),
        tooltip: vscode.l10n.t("Click to switch VS Code's do-not-disturb mode"),
      };
  }
}
