import { html, type TemplateResult } from 'lit';
import { icon } from './icons.ts';
import { text } from './strings.ts';

/** The tool of a pane that shows its charts as tables. */
export function tableButton(asTable: boolean, onToggle: () => void): TemplateResult {
  return html`<button
    slot="tools"
    class="icon-button"
    type="button"
    title=${text('table.show')}
    aria-label=${text('table.show')}
    aria-pressed=${asTable}
    @click=${onToggle}
  >
    ${icon('table')}
  </button>`;
}
