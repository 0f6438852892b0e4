import { LitElement, css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { VaultCondition, VaultReading } from '../../readings/vaultReading.ts';
import type { DataReading } from '../../readings/dataReading.ts';
import './kitCheck.ts';
import { formatDuration, formatMoment } from '../shared/format.ts';
import { icon, type IconName } from '../shared/icons.ts';
import '../shared/pane.ts';
import { factStyles } from '../shared/factStyles.ts';
import { sharedStyles } from '../shared/sharedStyles.ts';
import { text } from '../shared/strings.ts';
import './vaultActions.ts';
import { ActionEvent } from '../shared/viewEvents.ts';

const minuteMs = 60_000;

/** Where the record is kept and whether it is safe. */
@customElement('millrace-vault')
export class VaultPane extends LitElement {
  static override readonly styles = [
    sharedStyles,
    factStyles,
    css`
      dl {
        --names: 45%;
      }
      .act {
        margin-top: 12px;
      }
    `,
  ];

  @property({ attribute: false }) accessor vault: VaultReading | undefined;
  /** Backups outside of the vault's folder; `null` while nothing is known of them. */
  @property({ attribute: false }) accessor data: DataReading | null = null;
  @property({ attribute: false }) accessor atMs = 0;
  @property({ attribute: false }) accessor zoneOffsetMinutes = 0;
  @property({ attribute: false }) accessor open = false;
  /** A backup is being made. */
  @property({ attribute: false }) accessor isBackingUp = false;

  readonly #backUp = (): void => {
    if (!this.isBackingUp) {
      this.dispatchEvent(new ActionEvent('backUpNow'));
    }
  };

  /** Puts the keyboard on the way to what is stored. */
  async focusStored(): Promise<void> {
    await this.updateComplete;
    const actions = this.renderRoot.querySelector('millrace-vault-actions');
    await actions?.updateComplete;
    actions?.focusStored();
  }

  override render(): TemplateResult | typeof nothing {
    const vault = this.vault;
    if (vault === undefined) {
      return nothing;
    }
    return html`<millrace-pane
      heading=${text('vault.title')}
      summary=${this.#summary(vault)}
      ?open=${this.open}
      .preference=${'vaultOpen'}
    >
      <dl>
        <dt>${text('vault.state')}</dt>
        <dd>${stateIcon(vault.condition)}${text(`vault.${vault.condition}`)}</dd>
        ${
          vault.unsavedMinutes > 0
            ? html`<dt>${text('vault.unsaved')}</dt>
                <dd>
                  ${icon('warning', 'care')}${text('vault.unsavedValue', {
                    duration: formatDuration(vault.unsavedMinutes * minuteMs),
                  })}
                </dd>`
            : nothing
        }
        <dt>${text('vault.lastBackup')}</dt>
        <dd>${this.#lastBackup(vault)}</dd>
        ${this.#places()}
      </dl>
      ${
        vault.condition === 'ready'
          ? html`<div class="act">
              <button
                class="button second wide"
                type="button"
                aria-disabled=${this.isBackingUp}
                @click=${this.#backUp}
              >
                ${icon('archive')}${text(this.isBackingUp ? 'vault.backingUp' : 'vault.backUp')}
              </button>
            </div>`
          : nothing
      }
      ${this.data?.asksForKitCheck === true ? html`<millrace-kit-check></millrace-kit-check>` : nothing}
      <millrace-vault-actions .condition=${vault.condition}></millrace-vault-actions>
    </millrace-pane>`;
  }

  /** Where backups go and what is wrong with them; names of folders, never a path. */
  #places(): TemplateResult {
    const { backup = null, syncFolderName = null } = this.data ?? {};
    return html`${
      backup === null
        ? nothing
        : html`<dt>${text('vault.backupFolder')}</dt>
            <dd>${backup.folderName}</dd>
            ${
              backup.failing === null
                ? nothing
                : html`<dt>${text('vault.backupFailing')}</dt>
                    <dd>
                      ${icon('warning', 'care')}${text('vault.backupFailingValue', {
                        time: this.#moment(backup.failing.sinceMs),
                        why: backup.failing.why,
                      })}
                    </dd>`
            }`
    }
    ${
      syncFolderName === null
        ? nothing
        : html`<dt>${text('vault.syncFolder')}</dt>
            <dd>${syncFolderName}</dd>`
    }`;
  }

  #moment(wallMs: number): string {
    return formatMoment(wallMs, this.atMs, this.zoneOffsetMinutes);
  }

  /** Of the backup folder, where one is set; else of the vault's own. */
  #lastMs({ lastSnapshotMs }: VaultReading): number | null {
    const backup = this.data?.backup ?? null;
    return backup === null ? lastSnapshotMs : backup.lastMs;
  }

  #lastBackup(vault: VaultReading): string {
    const backup = this.data?.backup;
    const lastMs = this.#lastMs(vault);
    if (lastMs === null) {
      return text('vault.never');
    }
    const isVerified = (backup?.verifiedMs ?? -Infinity) >= lastMs;
    const time = this.#moment(lastMs);
    return isVerified ? text('vault.lastVerified', { time }) : time;
  }

  #summary(vault: VaultReading): string {
    switch (vault.condition) {
      case 'starting':
        return text('vault.summaryStarting');
      case 'ready':
        if ((this.data?.backup?.failing ?? null) !== null) {
          return text('vault.summaryFailing');
        }
        return this.#lastMs(vault) === null
          ? text('vault.summaryNoBackup')
          : text('vault.summaryReady', { time: this.#lastBackup(vault) });
      case 'locked':
        return text('vault.summaryLocked');
      case 'untrusted':
        return text('vault.summaryUntrusted');
      case 'damaged':
        return text('vault.summaryDamaged');
      case 'unusable':
        return text('vault.summaryUnusable');
      case 'unwritable':
        return text('vault.summaryUnwritable');
    }
  }
}

function stateIcon(condition: VaultCondition): TemplateResult | typeof nothing {
  const icons: Readonly<Partial<Record<VaultCondition, readonly [IconName, string]>>> = {
    locked: ['lock', 'care'],
    untrusted: ['error', 'bad'],
    damaged: ['error', 'bad'],
    unusable: ['error', 'bad'],
    unwritable: ['warning', 'care'],
  };
  const found = icons[condition];
  return found === undefined ? nothing : icon(...found);
}

declare global {
  interface HTMLElementTagNameMap {
    'millrace-vault': VaultPane;
  }
}
