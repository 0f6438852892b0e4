import { LitElement, css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { DashboardAction } from '../../protocol/dashboard.ts';
import type { VaultCondition } from '../../readings/vaultReading.ts';
import { icon, type IconName } from '../shared/icons.ts';
import { sharedStyles } from '../shared/sharedStyles.ts';
import { text } from '../shared/strings.ts';
import { ActionEvent, PreferenceEvent } from '../shared/viewEvents.ts';

type Offer = Exclude<
  DashboardAction,
  | 'pauseTracking'
  | 'resumeTracking'
  | 'backUpNow'
  | 'refreshDashboard'
  | 'showLog'
  | 'openSettings'
  | 'checkRecoveryKit'
  | 'postponeKitCheck'
>;

const pictures: Readonly<Record<Offer, IconName>> = {
  verifyVault: 'verified',
  unlockVault: 'unlock',
  trustVault: 'shield',
  lockVault: 'lock',
  saveRecoveryKit: 'key',
  setPassphrase: 'shield',
  manageProtectors: 'checklist',
  rotateKey: 'sync',
  chooseBackupFolder: 'folder',
  restoreBackup: 'history',
  exportData: 'exporting',
  importData: 'importing',
  eraseData: 'discard',
  purgeVault: 'trash',
};

/** What can be done with the vault as it is: only that is shown. */
const offers: Readonly<Record<VaultCondition, readonly Offer[]>> = {
  starting: [],
  ready: [
    'verifyVault',
    'lockVault',
    'rotateKey',
    'saveRecoveryKit',
    'setPassphrase',
    'manageProtectors',
    'chooseBackupFolder',
    'restoreBackup',
    'exportData',
    'importData',
  ],
  locked: ['unlockVault', 'restoreBackup'],
  // Its keys can be read, and nothing about it can be changed.
  unwritable: ['lockVault', 'saveRecoveryKit'],
  untrusted: ['trustVault', 'restoreBackup'],
  damaged: ['restoreBackup'],
  unusable: [],
};
/** What can't be undone. Destroying needs no key, but a folder that can be written. */
const endings: Readonly<Partial<Record<VaultCondition, readonly Offer[]>>> = {
  ready: ['eraseData', 'purgeVault'],
  locked: ['purgeVault'],
  damaged: ['purgeVault'],
};

/** Quiet buttons for the vault, with what can't be undone below a line. */
@customElement('millrace-vault-actions')
export class VaultActions extends LitElement {
  static override readonly styles = [
    sharedStyles,
    css`
      :host {
        /* The pictures stand below the text, the hover around both. */
        margin-inline: -6px;
      }
      .grid {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(min(100%, max(148px, 34%)), 1fr));
        gap: 2px 8px;
        margin-top: 12px;
      }
      .last {
        grid-template-columns: minmax(0, 1fr);
        margin-top: 8px;
        padding-top: 8px;
        border-top: 1px solid var(--grid);
      }
      button {
        display: flex;
        align-items: flex-start;
        gap: 8px;
        min-width: 0;
        min-height: 24px;
        padding: 3px 6px;
        border: 0;
        border-radius: 4px;
        background: none;
        line-height: 18px;
        text-align: start;
        cursor: pointer;
      }
      button:hover {
        background: var(--vscode-list-hoverBackground, transparent);
        outline: 1px dashed var(--vscode-toolbar-hoverOutline, transparent);
        outline-offset: -1px;
      }
      button:focus-visible {
        outline: 1px solid var(--focus);
        outline-offset: -1px;
      }
      button span:last-child {
        min-width: 0;
        overflow-wrap: anywhere;
      }
      .icon {
        margin-top: 1px;
        color: var(--icon-fg);
      }
      .last .icon {
        color: var(--danger);
      }
    `,
  ];

  @property({ attribute: false }) accessor condition: VaultCondition = 'starting';

  /** Puts the keyboard on the way to what is stored. */
  focusStored(): void {
    this.renderRoot.querySelector<HTMLElement>('.stored')?.focus();
  }

  override render(): TemplateResult {
    const offered = offers[this.condition];
    const ends = endings[this.condition] ?? [];
    return html`${
      offered.length === 0
        ? nothing
        : html`<div class="grid">
            ${offered.map((action) => this.#button(action))}
            ${this.condition === 'ready' ? this.#stored() : nothing}
          </div>`
    }
    ${
      ends.length === 0
        ? nothing
        : html`<div class="grid last">${ends.map((action) => this.#button(action))}</div>`
    }`;
  }

  #stored(): TemplateResult {
    return html`<button
      class="stored"
      type="button"
      @click=${() => {
        this.dispatchEvent(new PreferenceEvent('storedShown', true));
      }}
    >
      ${icon('search')}<span>${text('stored.title')}</span>
    </button>`;
  }

  #button(action: Offer): TemplateResult {
    return html`<button
      type="button"
      @click=${() => {
        this.dispatchEvent(new ActionEvent(action));
      }}
    >
      ${icon(pictures[action])}<span>${text(`vault.${action}`)}</span>
    </button>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'millrace-vault-actions': VaultActions;
  }
}
