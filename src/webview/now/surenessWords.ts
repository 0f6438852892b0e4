import { surenessOf } from '../../facts/sureness.ts';
import { text } from '../shared/strings.ts';

/** How sure a score is, in words. */
export function surenessWords(confidence: number): string {
  return text(`sure.${surenessOf(confidence)}`);
}
