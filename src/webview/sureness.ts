import { text } from './strings.ts';

/** How sure a score is, in words; the same bounds as in the status bar's tooltip. */
export function surenessWords(confidence: number): string {
  if (confidence < 0.4) {
    return text('sure.low');
  }
  return confidence < 0.75 ? text('sure.fair') : text('sure.high');
}
