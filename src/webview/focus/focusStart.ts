import { LitElement, css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import type { FocusReading } from '../../readings/focusReading.ts';
import type { FocusWish } from '../../protocol/focusWish.ts';
import { offeredLengths } from './focusSetup.ts';
import { formatCount } from '../shared/format.ts';
import { icon } from '../shared/icons.ts';
import { sharedStyles } from '../shared/sharedStyles.ts';
import { text } from '../shared/strings.ts';
import { WishEvent } from '../shared/viewEvents.ts';

/** NOW's button: starts a session of the chosen length, with a menu of others and of a break. */
@customElement('millrace-focus-start')
export class FocusStart extends LitElement {
  static override readonly styles = [
    sharedStyles,
    css`
      :host {
        container-type: inline-size;
      }
      .split {
        position: relative;
        display: flex;
        max-width: 340px;
      }
      .split > .button:first-child {
        flex: 1;
        border-start-end-radius: 0;
        border-end-end-radius: 0;
        border-inline-end: 0;
      }
      .split > .button:nth-child(2) {
        padding: 2px 5px;
        border-inline-start: 1px solid
          var(--vscode-button-separator, var(--vscode-button-border, var(--outline)));
        border-start-start-radius: 0;
        border-end-start-radius: 0;
      }
      .split > .button:focus-visible {
        z-index: 1;
      }
      .menu {
        position: absolute;
        z-index: 2;
        top: calc(100% + 2px);
        inset-inline-end: 0;
        min-width: 160px;
        max-width: 100%;
        padding: 4px;
        border: 1px solid
          var(--vscode-menu-border, var(--vscode-contrastBorder, var(--surface-line)));
        border-radius: 5px;
        background: var(--vscode-menu-background, var(--surface));
        box-shadow: 0 2px 8px var(--vscode-widget-shadow, transparent);
        color: var(--vscode-menu-foreground, var(--fg));
      }
      .menu.above {
        top: auto;
        bottom: calc(100% + 2px);
      }
      .menu button {
        display: block;
        width: 100%;
        padding: 0 12px;
        border: 0;
        border-radius: 3px;
        background: none;
        line-height: 24px;
        text-align: start;
        cursor: pointer;
      }
      .menu button:is(:hover, :focus) {
        outline: 1px solid
          var(--vscode-menu-selectionBorder, var(--vscode-contrastActiveBorder, transparent));
        outline-offset: -1px;
        background: var(--vscode-menu-selectionBackground, var(--vscode-toolbar-hoverBackground));
        color: var(--vscode-menu-selectionForeground, inherit);
      }
      .menu button:focus-visible {
        outline: 1px solid var(--focus);
        outline-offset: -1px;
      }
      hr {
        margin: 4px 0;
        border: 0;
        border-top: 1px solid var(--vscode-menu-separatorBackground, var(--grid));
      }
      @container (max-width: 247px) {
        .spare {
          display: none;
        }
      }
    `,
  ];

  @property({ attribute: false }) accessor focusState: FocusReading | undefined;
  /** In flow nothing asks to be pressed. */
  @property({ attribute: false }) accessor isQuiet = false;

  @query('[aria-haspopup]') accessor more: HTMLButtonElement | null = null;
  #isOpen = false;
  #isAbove = false;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#close();
  }

  readonly #toggle = (): void => {
    if (this.#isOpen) {
      this.#close();
      return;
    }
    void this.#open(0);
  };

  /** Opens the menu with the keyboard on one of its items; -1 is the last one. */
  async #open(index: number): Promise<void> {
    this.#isOpen = true;
    this.#isAbove = false;
    this.requestUpdate();
    await this.updateComplete;
    // Where the view ends below the button, the menu opens above it: what is cut off could not be scrolled to.
    const menu = this.renderRoot.querySelector('[role=menu]')?.getBoundingClientRect();
    if (menu !== undefined && menu.bottom > window.innerHeight && menu.top > menu.height) {
      this.#isAbove = true;
      this.requestUpdate();
      await this.updateComplete;
    }
    this.#items().at(index)?.focus();
  }

  #items(): readonly HTMLElement[] {
    return [...this.renderRoot.querySelectorAll<HTMLElement>('[role=menuitem]')];
  }

  #close(): void {
    this.#isOpen = false;
    this.requestUpdate();
  }

  #wish(wish: FocusWish): void {
    if (this.#isOpen) {
      this.more?.focus();
      this.#close();
    }
    this.dispatchEvent(new WishEvent(wish));
  }

  readonly #press = (event: KeyboardEvent): void => {
    const items = this.#items();
    const at = items.findIndex((item) => item.matches(':focus'));
    const next: Readonly<Record<string, number>> = {
      ArrowDown: (at + 1) % items.length,
      ArrowUp: (at - 1 + items.length) % items.length,
      Home: 0,
      End: items.length - 1,
    };
    if (event.key === 'Escape' || event.key === 'Tab') {
      if (event.key === 'Escape') {
        event.preventDefault();
      }
      this.more?.focus();
      this.#close();
    } else if (Object.hasOwn(next, event.key)) {
      event.preventDefault();
      items[next[event.key] ?? 0]?.focus();
    }
  };

  readonly #pressMore = (event: KeyboardEvent): void => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      void this.#open(event.key === 'ArrowDown' ? 0 : -1);
    }
  };

  /** A press anywhere else closes the menu. */
  readonly #leave = (event: FocusEvent): void => {
    const to = event.relatedTarget;
    if (this.#isOpen && !(to instanceof Node && this.renderRoot.contains(to))) {
      this.#close();
    }
  };

  override render(): TemplateResult | typeof nothing {
    const focus = this.focusState;
    if (focus === undefined) {
      return nothing;
    }
    const kind = this.isQuiet ? 'button second' : 'button';
    const minutes = focus.lengthMinutes;
    return html`<div class="split" @focusout=${this.#leave}>
      <button
        class=${kind}
        type="button"
        @click=${() => {
          this.#wish({ wish: 'start', kind: 'focus', minutes });
        }}
      >
        <span class="spare">${icon('target')}</span>
        <span>${text('focus.start', { minutes: formatCount(minutes) })}</span>
      </button>
      <button
        class=${kind}
        type="button"
        title=${text('focus.more')}
        aria-label=${text('focus.more')}
        aria-haspopup="menu"
        aria-expanded=${this.#isOpen}
        @click=${this.#toggle}
        @keydown=${this.#pressMore}
      >
        ${icon('chevronDown')}
      </button>
      ${this.#isOpen ? this.#menu(focus) : nothing}
    </div>`;
  }

  #menu({ lengthMinutes, breakMinutes }: FocusReading): TemplateResult {
    const item = (words: string, wish: FocusWish): TemplateResult =>
      html`<button
        type="button"
        role="menuitem"
        tabindex="-1"
        @click=${() => {
          this.#wish(wish);
        }}
      >
        ${words}
      </button>`;
    return html`<div
      class="menu ${this.#isAbove ? 'above' : ''}"
      role="menu"
      aria-label=${text('focus.more')}
      @keydown=${this.#press}
    >
      ${offeredLengths(lengthMinutes)
        .filter((minutes) => minutes !== lengthMinutes)
        .map((minutes) =>
          item(text('duration.minutes', { minutes: formatCount(minutes) }), {
            wish: 'start',
            kind: 'custom',
            minutes,
          }),
        )}
      <hr />
      ${item(text('focus.takeBreak', { minutes: formatCount(breakMinutes) }), {
        wish: 'start',
        kind: 'break',
        minutes: breakMinutes,
      })}
    </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'millrace-focus-start': FocusStart;
  }
}
