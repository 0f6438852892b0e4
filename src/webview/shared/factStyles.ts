import { css } from 'lit';

/** A list of facts: their names in one column, what they are in the other. `--names` is the widest that names get. */
export const factStyles = css`
  dl {
    display: grid;
    grid-template-columns: fit-content(var(--names, 50%)) minmax(0, 1fr);
    gap: 4px 12px;
  }
  dt {
    color: var(--muted);
  }
  dt,
  dd {
    min-width: 0;
    overflow-wrap: anywhere;
  }
  dd .icon {
    margin-inline-end: 4px;
  }
`;
