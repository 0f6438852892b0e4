import { LitElement, css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import { activityNames } from '../../protocol/dashboard.ts';
import { icon } from './icons.ts';
import { sharedStyles } from './sharedStyles.ts';
import { text } from './strings.ts';
import { AnswerEvent, DismissEvent } from './viewEvents.ts';

const ratings = [1, 2, 3, 4, 5, 6, 7] as const;

/**
 * "In the last 10 minutes I was fully absorbed": one press answers, the rest may be left as it is. Comes at a
 * natural break, takes no focus, and Escape is "not now".
 */
@customElement('millrace-question')
export class Question extends LitElement {
  static override readonly styles = [
    sharedStyles,
    css`
      .frame {
        padding: 0 16px 16px;
      }
      form {
        max-width: 480px;
        padding: 10px 12px 12px;
        border: 1px solid var(--surface-line);
        border-radius: 6px;
        background: var(--surface);
      }
      .head {
        display: flex;
        gap: 8px;
        align-items: start;
      }
      h2 {
        flex: 1;
        padding-top: 2px;
        font-size: 1em;
        font-weight: 600;
      }
      fieldset {
        min-width: 0;
        margin: 8px 0 0;
        padding: 0;
        border: 0;
      }
      .ratings {
        display: grid;
        grid-template-columns: repeat(7, minmax(0, 1fr));
        gap: 4px;
      }
      .activities {
        display: flex;
        flex-wrap: wrap;
        gap: 4px;
      }
      label {
        position: relative;
      }
      label input[type='radio'] {
        position: absolute;
        inset: 0;
        width: 100%;
        height: 100%;
        margin: 0;
        opacity: 0;
        cursor: pointer;
      }
      label span {
        display: block;
        padding: 0 8px;
        border: 1px solid var(--axis);
        border-radius: 4px;
        text-align: center;
        line-height: 22px;
      }
      .ratings span {
        padding: 0;
        line-height: 24px;
      }
      input:checked + span {
        border-color: var(--vscode-radio-activeBorder, var(--focus));
        background: var(--vscode-radio-activeBackground);
        color: var(--vscode-radio-activeForeground);
        font-weight: 600;
      }
      input:focus-visible + span {
        outline: 1px solid var(--focus);
        outline-offset: 1px;
      }
      .ends {
        display: flex;
        justify-content: space-between;
        margin-top: 2px;
        color: var(--muted);
        font-size: 0.846em;
      }
      .check {
        display: inline-flex;
        gap: 8px;
        align-items: center;
        margin-top: 8px;
      }
      .check input {
        margin: 0;
      }
      .act {
        margin-top: 12px;
      }
    `,
  ];

  /** Since when the question waits; `null` draws nothing. */
  @property({ attribute: false }) accessor askedMs: number | null = null;

  @query('form') accessor form: HTMLFormElement | null = null;

  readonly #submit = (event: Event): void => {
    event.preventDefault();
    const data = new FormData(this.form ?? undefined);
    const rating = Number(data.get('rating'));
    const activity = activityNames.find((name) => name === data.get('activity')) ?? 'writing';
    if (ratings.some((each) => each === rating)) {
      this.dispatchEvent(
        new AnswerEvent({ rating, activity, interrupted: data.get('interrupted') === 'yes' }),
      );
    }
  };

  readonly #dismiss = (): void => {
    this.dispatchEvent(new DismissEvent());
  };

  readonly #escape = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') {
      this.#dismiss();
    }
  };

  override render(): TemplateResult | typeof nothing {
    if (this.askedMs === null) {
      return nothing;
    }
    return html`<section class="frame" aria-labelledby="question">
      <form @submit=${this.#submit} @keydown=${this.#escape}>
        <div class="head">
          <h2 id="question">${text('question.absorbed')}</h2>
          <button
            class="icon-button"
            type="button"
            title=${text('question.notNow')}
            aria-label=${text('question.notNow')}
            @click=${this.#dismiss}
          >
            ${icon('close')}
          </button>
        </div>
        <fieldset aria-labelledby="question">
          <div class="ratings">
            ${ratings.map(
              (rating) =>
                html`<label
                  ><input type="radio" name="rating" value=${rating} required /><span
                    >${rating}</span
                  ></label
                >`,
            )}
          </div>
          <div class="ends" aria-hidden="true">
            <span>${text('question.notAtAll')}</span><span>${text('question.completely')}</span>
          </div>
        </fieldset>
        <fieldset aria-label=${text('question.mostly')}>
          <div class="activities">
            ${activityNames.map(
              (name, index) =>
                html`<label
                  ><input type="radio" name="activity" value=${name} ?checked=${index === 0} /><span
                    >${text(`question.${name}`)}</span
                  ></label
                >`,
            )}
          </div>
        </fieldset>
        <div>
          <label class="check"
            ><input type="checkbox" name="interrupted" value="yes" />${text(
              'question.interrupted',
            )}</label
          >
        </div>
        <div class="act">
          <button class="button" type="submit">${text('question.done')}</button>
        </div>
      </form>
    </section>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'millrace-question': Question;
  }
}
