import { LitElement, css, html, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import type { DashboardAction } from '../../protocol/dashboard.ts';
import { icon } from './icons.ts';
import { sharedStyles } from './sharedStyles.ts';
import { text } from './strings.ts';
import { ActionEvent } from './viewEvents.ts';

/** What to do where the vault is open and yet could not be read. */
@customElement('millrace-reading-failed')
export class ReadingFailed extends LitElement {
  static override readonly styles = [
    sharedStyles,
    css`
      .row {
        margin-top: 12px;
      }
    `,
  ];

  override render(): TemplateResult {
    const act = (action: DashboardAction) => (): void => {
      this.dispatchEvent(new ActionEvent(action));
    };
    return html`<div class="row">
      <button class="button" type="button" @click=${act('refreshDashboard')}>
        ${icon('refresh')}${text('today.again')}
      </button>
      <button class="button second" type="button" @click=${act('verifyVault')}>
        ${icon('verified')}${text('vault.verifyVault')}
      </button>
      <button class="button second" type="button" @click=${act('showLog')}>
        ${icon('output')}${text('vault.showLog')}
      </button>
    </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'millrace-reading-failed': ReadingFailed;
  }
}
