import { css } from 'lit';

/** What every element starts from: type, spacing, buttons, tables. Space 2 4 8 12 16 20 24. */
export const sharedStyles = css`
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  :host {
    display: block;
    color: var(--fg);
    font: var(--vscode-font-weight, normal) var(--vscode-font-size, 13px) / 1.4
      var(--vscode-font-family);
    font-variant-numeric: tabular-nums;
  }
  :host([hidden]),
  [hidden] {
    display: none !important;
  }
  h2,
  h3,
  p,
  ul,
  dl,
  dt,
  dd,
  table,
  th,
  td {
    margin: 0;
    padding: 0;
    border: 0;
  }
  ul {
    list-style: none;
  }
  table {
    border-collapse: collapse;
    border-spacing: 0;
  }
  th {
    font-weight: inherit;
    text-align: start;
  }
  button {
    font: inherit;
    color: inherit;
  }
  svg text {
    font-family: inherit;
  }
  :focus {
    outline: none;
  }
  :focus-visible {
    outline: 1px solid var(--focus);
    outline-offset: 1px;
  }
  .icon {
    display: inline-block;
    flex: none;
    width: 16px;
    height: 16px;
    vertical-align: -3px;
  }
  .icon svg {
    display: block;
    width: 16px;
    height: 16px;
  }
  .icon.care {
    color: var(--warn);
  }
  .icon.bad {
    color: var(--danger);
  }
  /* For screen readers alone. */
  .sr {
    position: absolute;
    width: 1px;
    height: 1px;
    margin: -1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  .small {
    font-size: 0.923em;
  }
  .muted {
    color: var(--muted);
  }
  .sub {
    margin-bottom: 8px;
    font-size: 1em;
    font-weight: 600;
    line-height: 18px;
  }
  .sub > .muted {
    margin-inline-start: 4px;
    font-weight: 400;
  }
  .button {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 6px;
    min-width: 0;
    min-height: 26px;
    padding: 2px 12px;
    border: 1px solid var(--vscode-button-border, var(--outline));
    border-radius: 4px;
    background: var(--vscode-button-background, transparent);
    color: var(--button-fg);
    line-height: 18px;
    cursor: pointer;
  }
  .button:hover {
    background: var(--vscode-button-hoverBackground, transparent);
  }
  .button.second {
    background: var(--vscode-button-secondaryBackground, transparent);
    color: var(--second-fg);
  }
  .button.second:hover {
    background: var(--vscode-button-secondaryHoverBackground, transparent);
  }
  .button.wide {
    width: 100%;
    max-width: 340px;
  }
  .button[aria-disabled='true'] {
    cursor: default;
    opacity: 0.7;
  }
  .icon-button {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    width: 22px;
    height: 22px;
    padding: 0;
    border: 0;
    border-radius: 5px;
    background: none;
    color: var(--icon-fg);
    cursor: pointer;
  }
  .icon-button:hover:not([aria-disabled='true']) {
    background: var(--vscode-toolbar-hoverBackground, transparent);
    outline: 1px dashed var(--vscode-toolbar-hoverOutline, transparent);
    outline-offset: -1px;
  }
  .icon-button[aria-disabled='true'] {
    cursor: default;
    opacity: 0.4;
  }
  .icon-button[aria-pressed='true'] {
    background: var(--vscode-inputOption-activeBackground, transparent);
    box-shadow: inset 0 0 0 1px var(--vscode-inputOption-activeBorder);
    color: var(--vscode-inputOption-activeForeground);
  }
  .link {
    padding: 0;
    border: 0;
    background: none;
    color: var(--link-fg);
    text-align: start;
    cursor: pointer;
  }
  .link:hover {
    color: var(--vscode-textLink-activeForeground);
    text-decoration: underline;
  }
  .row {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px;
  }
  .data {
    width: 100%;
    font-size: 0.923em;
  }
  .data th,
  .data td {
    padding-inline-end: 8px;
    border-bottom: 1px solid var(--grid);
    line-height: 20px;
  }
  .data thead th {
    color: var(--muted);
  }
  .data .number {
    text-align: end;
  }
  .data :is(th, td):last-child {
    padding-inline-end: 0;
  }
`;
