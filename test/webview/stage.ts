import type { ThemeName } from './themes.ts';

/** What the test page offers to the tests that drive it. */
export interface Stage {
  /** Dresses the page as VS Code would. */
  dress(theme: ThemeName): void;
  /**
   * Writes in this font from the next {@link dress} on, whatever fonts the machine has. Resolves once it can be drawn with.
   * @param bytes of a font file for all weights, in base64
   */
  bringFont(bytes: string): Promise<void>;
  /**
   * Clears the stage and puts one element on it, `widthPx` wide, with these properties set.
   * Resolves once it has been drawn.
   */
  mount(tag: string, properties: Readonly<Record<string, unknown>>, widthPx: number): Promise<void>;
  /** Sets properties of the element on the stage; resolves once it has been drawn again. */
  change(properties: Readonly<Record<string, unknown>>): Promise<void>;
  /** Speaks a language from the next element on. */
  speak(language: string, strings: Readonly<Record<string, string>>): void;
  /** What sticks out of the element on the stage, in words; empty when nothing does. */
  overflow(): readonly string[];
  /** All text of the element on the stage that can be seen, in reading order. */
  text(): string;
  /** The score curve as a picture, or `undefined` while there is none or nothing on it. */
  curve(): string | undefined;
  /** Events of the dashboard's own kinds that rose from the stage since it was set. */
  heard(): readonly string[];
}

declare global {
  interface Window {
    stage: Stage;
  }
}
