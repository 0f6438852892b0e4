import type { FlowState } from './flow.ts';

/**
 * What is kept of one minute: counts and coarse features, never a single key's time. The first and the last
 * minute of a session may cover only a part of it, and two windows may each hold a part of the same one.
 */
export interface MinuteSample {
  /** Whole minutes since the epoch, UTC. */
  readonly minute: number;
  /** The state that held for most of the minute's counted time. */
  readonly state: FlowState;
  /** 0-100, or `undefined` where no claim is made. */
  readonly score: number | undefined;
  /** 0-1, how sure the score is. */
  readonly confidence: number;
  /** Seconds of this minute, 0-60, that this window was in front and tracked. */
  readonly seconds: number;
  /** Characters typed one at a time. */
  readonly insertedChars: number;
  /** Delete events. */
  readonly deletes: number;
  /** Characters that came in blocks: paste, completion, assistant, snippet. */
  readonly blockChars: number;
  /** Undo and redo events. */
  readonly undos: number;
  /** Selections moved by keyboard or mouse. */
  readonly navigations: number;
  /** Times the window lost the focus. */
  readonly blurs: number;
  /** The features before normalisation at the minute's last scoring step, or `undefined` when too few events. */
  readonly raw: RawFeatures | undefined;
}

/**
 * The five features in their own units, before they are compared with what is usual for the person
 * (docs/how-the-score-is-made.md); `undefined` where there was too little to tell. Kept so that history can be scored
 * again.
 */
export interface RawFeatures {
  /** 1.4826 * MAD of ln(interval in ms), intervals under 2 s; more than 0, larger is less even. */
  readonly rhythm: number | undefined;
  /** Engaged fraction of the window times exp(-0.3 * blurs), 0-1. */
  readonly focus: number | undefined;
  /** Evenness of engaged time over ten 30 s bins, 0-1. */
  readonly consistency: number | undefined;
  /** Deletions over events, 0-1. */
  readonly error: number | undefined;
  /** ln(1 + net typed characters per engaged minute), 0 or more. */
  readonly velocity: number | undefined;
}
