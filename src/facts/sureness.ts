/** How sure a score is. The words for each stand where they are shown. */
export type Sureness = 'low' | 'fair' | 'high';

/** From a confidence of 0-1, with the bounds that every view shares. */
export function surenessOf(confidence: number): Sureness {
  if (confidence < 0.4) {
    return 'low';
  }
  return confidence < 0.75 ? 'fair' : 'high';
}
