import { LitElement, css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { FocusReading } from '../../readings/focusReading.ts';
import { icon } from '../shared/icons.ts';
import { factStyles } from '../shared/factStyles.ts';
import { sharedStyles } from '../shared/sharedStyles.ts';
import { text } from '../shared/strings.ts';
import { ActionEvent, WishEvent } from '../shared/viewEvents.ts';

type BlockWay = FocusReading['ways'][number];

/** By what means sites are blocked, and how each of them stands. */
@customElement('millrace-focus-ways')
export class FocusWays extends LitElement {
  static override readonly styles = [
    sharedStyles,
    factStyles,
    css`
      .sub {
        margin-bottom: 4px;
      }
      .ready .icon {
        color: var(--flow);
      }
      .row {
        gap: 4px 16px;
        margin-top: 8px;
      }
    `,
  ];

  @property({ attribute: false }) accessor ways: readonly BlockWay[] = [];
  /** Leaves out what works and what is off. */
  @property({ attribute: false }) accessor troublesOnly = false;

  readonly #pair = (): void => {
    this.dispatchEvent(new WishEvent({ wish: 'pairBrowser' }));
  };

  readonly #settings = (): void => {
    this.dispatchEvent(new ActionEvent('openSettings'));
  };

  override render(): TemplateResult | typeof nothing {
    const shown = this.troublesOnly
      ? this.ways.filter(({ state }) => state === 'failed' || state === 'notPaired')
      : this.ways;
    if (shown.length === 0) {
      return nothing;
    }
    const canPair = shown.some(({ way, state }) => way === 'companion' && state !== 'off');
    return html`<h3 class="sub">${text('focus.ways')}</h3>
      <dl>
        ${shown.map(
          (way) =>
            html`<dt>${way.name}</dt>
              <dd class=${way.state}>
                ${wayIcon(way)}${text(`focus.wayState.${way.state}`)}
                ${way.reason === null ? nothing : html`<div class="small muted">${way.reason}</div>`}
              </dd>`,
        )}
      </dl>
      <div class="row">
        ${
          canPair
            ? html`<button class="link" type="button" @click=${this.#pair}>
                ${text('focus.pair')}
              </button>`
            : nothing
        }
        <button class="link" type="button" @click=${this.#settings}>
          ${text('focus.waySettings')}
        </button>
      </div>`;
  }
}

function wayIcon({ state }: BlockWay): TemplateResult {
  switch (state) {
    case 'ready':
      return icon('passFilled');
    case 'failed':
      return icon('warning', 'care');
    case 'notPaired':
      return icon('plug');
    case 'off':
      return icon('circle');
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'millrace-focus-ways': FocusWays;
  }
}
