import { visibleText } from '../../base/visibleText.ts';

/** VS Code makes a link of `[x](y)`, which may run a command, and an icon of `$(x)`. */
const made = /(?<=[\]$])(?=\()/g;
/** Takes no room, and is no line break. */
const wordJoiner = '\u2060';

/** A name that others gave, as a notice, a dialog or a pick list shows it: as text, and all of it visible. */
export function shownName(name: string): string {
  return visibleText(name).replaceAll(made, wordJoiner);
}
