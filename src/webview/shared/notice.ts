import { LitElement, css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { DashboardAction } from '../../protocol/dashboard.ts';
import type { VaultReading } from '../../readings/vaultReading.ts';
import { formatDuration } from './format.ts';
import { icon } from './icons.ts';
import { sharedStyles } from './sharedStyles.ts';
import { text } from './strings.ts';
import { ActionEvent } from './viewEvents.ts';

const minuteMs = 60_000;

/** What a button offers, and its picture. */
const offerIcons = {
  unlockVault: 'unlock',
  trustVault: 'shield',
  openSettings: 'gear',
} as const;

interface Content {
  readonly title: string;
  readonly isBroken: boolean;
  readonly paragraphs: readonly string[];
  /** The button that solves it, where one does. */
  readonly offer?: keyof typeof offerIcons;
}

/** What is wrong with the vault, what it means, and what to do. Draws nothing where all is well. */
@customElement('millrace-notice')
export class Notice extends LitElement {
  static override readonly styles = [
    sharedStyles,
    css`
      :host {
        container-type: inline-size;
      }
      .frame {
        padding: 12px 16px;
      }
      .notice {
        max-width: 720px;
        padding: 10px 12px 12px;
        border: 1px solid var(--surface-line);
        border-radius: 6px;
        background: var(--surface);
      }
      h2 {
        display: flex;
        gap: 8px;
        font-size: 1em;
        font-weight: 600;
      }
      h2 .icon {
        margin-top: 1px;
      }
      p {
        max-width: 68ch;
        margin-top: 4px;
      }
      .row {
        margin-top: 12px;
      }
      @container (max-width: 279px) {
        .frame {
          padding-inline: 12px;
        }
      }
      @container (min-width: 600px) {
        .frame {
          max-width: 1120px;
          margin-inline: auto;
          padding-inline: 24px;
        }
      }
    `,
  ];

  @property({ attribute: false }) accessor vault: VaultReading | undefined;

  override render(): TemplateResult | typeof nothing {
    const content = this.vault === undefined ? undefined : contentOf(this.vault);
    if (content === undefined) {
      return nothing;
    }
    const act = (action: DashboardAction) => (): void => {
      this.dispatchEvent(new ActionEvent(action));
    };
    return html`<div class="frame">
      <div class="notice" role=${content.isBroken ? 'alert' : 'note'} aria-labelledby="title">
        <h2 id="title">
          ${content.isBroken ? icon('error', 'bad') : icon('warning', 'care')}
          <span>${content.title}</span>
        </h2>
        ${content.paragraphs.map((paragraph) => html`<p>${paragraph}</p>`)}
        <div class="row">
          ${
            content.offer === undefined
              ? nothing
              : html`<button class="button" type="button" @click=${act(content.offer)}>
                  ${icon(offerIcons[content.offer])}${text(`vault.${content.offer}`)}
                </button>`
          }
          <button class="button second" type="button" @click=${act('showLog')}>
            ${icon('output')}${text('vault.showLog')}
          </button>
        </div>
      </div>
    </div>`;
  }
}

/** Whether a notice stands above everything else: only what is broken does. */
export function isBroken({ condition }: VaultReading): boolean {
  return condition === 'untrusted' || condition === 'damaged' || condition === 'unusable';
}

function contentOf(vault: VaultReading): Content | undefined {
  switch (vault.condition) {
    case 'starting':
    case 'ready':
      return undefined;
    case 'locked':
      return {
        title: text('notice.locked'),
        isBroken: false,
        paragraphs: vault.isWithheld
          ? [text('notice.withheld.what'), text('notice.withheld.do')]
          : [text('notice.locked.what'), text('notice.locked.then'), text('notice.locked.do')],
        offer: 'unlockVault',
      };
    case 'untrusted':
      return {
        title: text('notice.untrusted'),
        isBroken: true,
        paragraphs: [text('notice.untrusted.what'), text('notice.untrusted.do')],
        offer: 'trustVault',
      };
    case 'damaged':
      return {
        title: text('notice.damaged'),
        isBroken: true,
        paragraphs: [text('notice.damaged.what'), text('notice.damaged.do')],
        offer: 'openSettings',
      };
    case 'unusable':
      return {
        title: text('notice.unusable'),
        isBroken: true,
        paragraphs: [text('notice.unusable.what'), text('notice.unusable.do')],
        offer: 'openSettings',
      };
    case 'unwritable':
      return {
        title: text('notice.unwritable'),
        isBroken: false,
        paragraphs: [
          text('notice.unwritable.what', {
            duration: formatDuration(vault.unsavedMinutes * minuteMs),
          }),
          text('notice.unwritable.do'),
        ],
        offer: 'openSettings',
      };
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'millrace-notice': Notice;
  }
}
