import { LitElement, css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { VaultCondition } from '../../readings/vaultReading.ts';
import { formatCount } from '../shared/format.ts';
import { icon } from '../shared/icons.ts';
import '../shared/pane.ts';
import { sharedStyles } from '../shared/sharedStyles.ts';
import { text } from '../shared/strings.ts';
import { PreferenceEvent } from '../shared/viewEvents.ts';

/** What to expect on the first day, and what is recorded. */
@customElement('millrace-first-run')
export class FirstRun extends LitElement {
  static override readonly styles = [
    sharedStyles,
    css`
      li {
        display: grid;
        grid-template-columns: 16px minmax(0, 1fr);
        gap: 2px 8px;
        padding: 5px 0;
      }
      .more {
        grid-column: 2;
        color: var(--muted);
        font-size: 0.923em;
      }
      li .icon {
        margin-top: 1px;
        color: var(--muted);
      }
      li .done {
        color: var(--flow);
      }
      .sub {
        margin-top: 12px;
        margin-bottom: 4px;
      }
      p {
        max-width: 68ch;
        color: var(--muted);
      }
      .link {
        margin-top: 4px;
      }
    `,
  ];

  @property({ attribute: false }) accessor condition: VaultCondition = 'starting';
  @property({ attribute: false }) accessor editsNeeded = 15;
  @property({ attribute: false }) accessor open = true;

  readonly #showStored = (): void => {
    this.dispatchEvent(new PreferenceEvent('storedShown', true));
  };

  override render(): TemplateResult {
    const isReady = this.condition === 'ready';
    return html`<millrace-pane
      heading=${text('start.title')}
      ?open=${this.open}
      .preference=${'startOpen'}
    >
      <ul>
        <li>
          ${isReady ? icon('passFilled', 'done') : icon('circle')}
          <span>${text(isReady ? 'start.vaultReady' : 'start.vaultOpening')}</span>
          <span class="more">${text('start.vaultMore')}</span>
        </li>
        <li>
          ${icon('circle')}
          <span>${text('start.work')}</span>
          <span class="more"
            >${text('start.workMore', { edits: formatCount(this.editsNeeded) })}</span
          >
        </li>
      </ul>
      <h3 class="sub">${text('start.recorded')}</h3>
      <p>${text('start.recordedMore')}</p>
      ${
        isReady
          ? html`<button class="link" type="button" @click=${this.#showStored}>
              ${text('stored.title')}
            </button>`
          : nothing
      }
    </millrace-pane>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'millrace-first-run': FirstRun;
  }
}
