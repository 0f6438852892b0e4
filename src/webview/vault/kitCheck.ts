import { LitElement, css, html, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { icon } from '../shared/icons.ts';
import { sharedStyles } from '../shared/sharedStyles.ts';
import { text } from '../shared/strings.ts';
import { ActionEvent } from '../shared/viewEvents.ts';

/** The quiet question after the recovery kit, with what answers it. */
@customElement('millrace-kit-check')
export class KitCheck extends LitElement {
  static override readonly styles = [
    sharedStyles,
    css`
      :host {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 4px 12px;
        margin-top: 12px;
      }
      p {
        display: flex;
        gap: 6px;
        margin: 0;
      }
      .answers {
        display: flex;
        flex-wrap: wrap;
        gap: 4px;
      }
    `,
  ];

  override render(): TemplateResult {
    return html`<p>${icon('key')}<span>${text('vault.kitCheck')}</span></p>
      <div class="answers">
        ${this.#button('checkRecoveryKit')} ${this.#button('postponeKitCheck')}
      </div>`;
  }

  #button(action: 'checkRecoveryKit' | 'postponeKitCheck'): TemplateResult {
    return html`<button
      class="button second"
      type="button"
      @click=${() => {
        this.dispatchEvent(new ActionEvent(action));
      }}
    >
      ${text(`vault.${action}`)}
    </button>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'millrace-kit-check': KitCheck;
  }
}
