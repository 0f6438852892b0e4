import { css } from 'lit';

/** A table whose rows are a name, a bar, and a value. */
export const barTableStyles = css`
  .sub {
    margin-bottom: 6px;
  }
  table {
    width: 100%;
  }
  th,
  td {
    line-height: 20px;
  }
  th {
    width: 1%;
    padding-inline-end: 12px;
    white-space: nowrap;
  }
  .value {
    padding-inline-start: 8px;
    text-align: end;
    white-space: nowrap;
  }
  .bar + .value {
    width: 1%;
    min-width: 30px;
  }
  .bar svg {
    display: block;
    width: 100%;
    height: 20px;
  }
`;
