import { LitElement, css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import type { FocusReading } from '../../readings/focusReading.ts';
import { focusStyles } from './focusStyles.ts';
import { blockWords } from './focusWords.ts';
import { icon, type IconName } from '../shared/icons.ts';
import { sharedStyles } from '../shared/sharedStyles.ts';
import { text } from '../shared/strings.ts';
import { WishEvent } from '../shared/viewEvents.ts';

/** What is held off during a session, each entry with a switch: off keeps it on the list. */
@customElement('millrace-focus-blocks')
export class FocusBlockList extends LitElement {
  static override readonly styles = [
    sharedStyles,
    focusStyles,
    css`
      :host {
        container-type: inline-size;
      }
      .head {
        display: flex;
        align-items: start;
        gap: 8px;
      }
      .sub {
        flex: 1;
        margin: 0;
        line-height: 22px;
      }
      .head .icon-button {
        margin-inline-end: 3px;
      }
      .note {
        flex: none;
      }
      .nothing {
        margin: 8px 0 0;
      }
      .act {
        margin-top: 12px;
      }
      .act p {
        margin-top: 8px;
      }
      @container (max-width: 247px) {
        .line {
          flex-wrap: wrap;
          gap: 0 8px;
        }
        .line > .name {
          flex-basis: 100px;
        }
        .note {
          order: 1;
          width: 100%;
          padding-inline-start: 24px;
        }
      }
    `,
  ];

  @property({ attribute: false }) accessor focusState: FocusReading | undefined;
  /** How many wishes have failed: each one puts the switches back to what is so. */
  @property({ attribute: false }) accessor failures = 0;

  readonly #add = (): void => {
    this.dispatchEvent(new WishEvent({ wish: 'addEntry' }));
  };

  readonly #restore = (): void => {
    this.dispatchEvent(new WishEvent({ wish: 'restoreEverything' }));
  };

  override render(): TemplateResult | typeof nothing {
    const focus = this.focusState;
    if (focus === undefined) {
      return nothing;
    }
    const { session, sites, apps, isBlocking } = focus;
    const held =
      session === null ? undefined : blockWords(session.blockedSites, session.blockedApps);
    return html`<div class="head">
        <h3 class="sub" id="title">
          ${
            held === undefined
              ? text('focus.block')
              : html`${text('focus.blockedNow')} <span class="muted">${held}</span>`
          }
        </h3>
        <button
          class="icon-button"
          type="button"
          title=${text('focus.add')}
          aria-label=${text('focus.add')}
          @click=${this.#add}
        >
          ${icon('add')}
        </button>
      </div>
      ${
        sites.length + apps.length === 0
          ? html`<p class="small muted">${text('focus.emptyList')}</p>`
          : html`<ul aria-labelledby="title">
              ${sites.map(({ name, isOn }) => this.#entry('globe', name, isOn, 'switchSite'))}
              ${apps.map(({ name, isOn, closes }) =>
                this.#entry(
                  'window',
                  name,
                  isOn,
                  'switchApp',
                  text(closes ? 'focus.closes' : 'focus.warns'),
                ),
              )}
            </ul>`
      }
      ${
        held === undefined && !isBlocking
          ? html`<p class="nothing small muted">${nothingWords(focus)}</p>`
          : nothing
      }
      ${
        isBlocking
          ? html`<div class="act">
              <button class="button second wide" type="button" @click=${this.#restore}>
                ${icon('discard')}${text('focus.restore')}
              </button>
              <p class="small muted">${text('focus.restoreMore')}</p>
            </div>`
          : nothing
      }`;
  }

  #entry(
    picture: IconName,
    name: string,
    isOn: boolean,
    wish: 'switchSite' | 'switchApp',
    note?: string,
  ): TemplateResult {
    return html`<li class="line">
      ${icon(picture)}<span class="name" title=${name}>${name}</span>
      ${note === undefined ? nothing : html`<span class="note tiny muted">${note}</span>`}
      <input
        class="switch"
        type="checkbox"
        role="switch"
        aria-label=${
          note === undefined
            ? text('focus.switch', { name })
            : text('focus.switchNoted', { name, note })
        }
        .checked=${live(isOn)}
        @change=${(event: Event) => {
          if (event.target instanceof HTMLInputElement) {
            this.dispatchEvent(new WishEvent({ wish, name, isOn: event.target.checked }));
          }
        }}
      />
    </li>`;
  }
}

function nothingWords({ session }: FocusReading): string {
  if (session === null) {
    return text('focus.nothingNow');
  }
  return text(session.phase === 'paused' ? 'focus.nothingPaused' : 'focus.nothingInSession');
}

declare global {
  interface HTMLElementTagNameMap {
    'millrace-focus-blocks': FocusBlockList;
  }
}
