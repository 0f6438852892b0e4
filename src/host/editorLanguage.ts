import * as vscode from 'vscode';
import type { Language, Translate } from '../base/language.ts';

/** A text of a table outside the host, in the editor's language: it is in `l10n/` under its English, as all others are. */
export const inEditorLanguage: Translate = (text, ...values) => {
  const { t } = vscode.l10n;
  return t(text, ...values);
};

/** The language in which the extension speaks in this editor: English where it has no other. */
export function editorLanguage(): Language {
  const tag = vscode.l10n.bundle === undefined ? 'en' : vscode.env.language;
  return { tag, translate: inEditorLanguage };
}
