import { css, html, type TemplateResult } from 'lit';

/**
 * The second cue beside colour: hatch for reading, dots for inserted text, grain for unknown. A pattern can only
 * be used inside the shadow root that defines it.
 */
export function patternDefinitions(): TemplateResult {
  return html`<svg class="sr" width="0" height="0" aria-hidden="true">
    <defs>
      <pattern
        id="hatch"
        width="5"
        height="5"
        patternUnits="userSpaceOnUse"
        patternTransform="rotate(45)"
      >
        <rect class="read-ground" width="5" height="5"></rect>
        <rect class="read-mark" width="1.6" height="5"></rect>
      </pattern>
      <pattern id="dots" width="5" height="5" patternUnits="userSpaceOnUse">
        <rect class="insert-ground" width="5" height="5"></rect>
        <circle class="insert-mark" cx="2.5" cy="2.5" r="1.1"></circle>
      </pattern>
      <pattern id="grain" width="4" height="4" patternUnits="userSpaceOnUse">
        <circle class="unknown-mark" cx="2" cy="2" r=".85"></circle>
      </pattern>
    </defs>
  </svg>`;
}

/** How the states are filled and capped; `fill-` and `cap-` with the state's name. */
export const patternStyles = css`
  .read-ground,
  .read-mark {
    fill: var(--read);
  }
  .insert-ground,
  .insert-mark {
    fill: var(--insert);
  }
  .read-ground,
  .insert-ground {
    opacity: 0.14;
  }
  .unknown-mark {
    fill: var(--muted);
  }
  .fill-inFlow {
    fill: var(--flow);
  }
  .fill-steady {
    fill: var(--flow-mid);
  }
  .fill-building {
    fill: var(--flow-low);
  }
  .fill-reading {
    fill: url('#hatch');
  }
  .fill-assisted {
    fill: url('#dots');
  }
  .fill-unknown {
    fill: url('#grain');
  }
  .cap {
    fill: none;
    stroke: var(--flow);
    stroke-width: 2;
  }
  .cap-reading {
    stroke: var(--read);
  }
  .cap-assisted {
    stroke: var(--insert);
  }
  .cap-unknown {
    stroke: var(--muted);
    stroke-width: 1;
    stroke-dasharray: 2 2;
  }
`;
