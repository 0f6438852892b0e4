import { css } from 'lit';

/** Switches, segmented radio groups and rows of the FOCUS pane. */
export const focusStyles = css`
  .line {
    display: flex;
    align-items: center;
    gap: 8px;
    min-height: 24px;
  }
  .line > .name {
    flex: 1;
    min-width: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .line > .icon {
    color: var(--icon-fg);
  }
  .tiny {
    font-size: 0.846em;
  }
  .switch {
    appearance: none;
    position: relative;
    flex: none;
    width: 28px;
    height: 16px;
    margin: 0;
    border: 1px solid var(--axis);
    border-radius: 8px;
    background: transparent;
    cursor: pointer;
  }
  .switch::after {
    content: '';
    position: absolute;
    top: 2px;
    inset-inline-start: 2px;
    width: 10px;
    height: 10px;
    border: 1.5px solid var(--muted);
    border-radius: 50%;
    transition: transform var(--motion);
  }
  .switch:checked {
    border-color: var(--vscode-inputOption-activeBorder, var(--focus));
    background: var(--vscode-inputOption-activeBackground, transparent);
  }
  .switch:checked::after {
    border-color: var(--knob);
    background: var(--knob);
    transform: translateX(12px);
  }
  .switch:checked:dir(rtl)::after {
    transform: translateX(-12px);
  }
  @media (forced-colors: active) {
    .switch {
      border-color: ButtonText;
    }
    .switch:checked {
      background: Highlight;
    }
    .switch:checked::after {
      border-color: HighlightText;
      background: HighlightText;
    }
  }
  .segments {
    display: inline-flex;
    min-width: 0;
    margin: 0;
    padding: 0 0 0 1px;
    border: 0;
  }
  .segments label {
    position: relative;
    margin-inline-start: -1px;
  }
  .segments input {
    position: absolute;
    inset: 0;
    width: 100%;
    height: 100%;
    margin: 0;
    opacity: 0;
    cursor: pointer;
  }
  .segments span {
    display: block;
    min-width: 34px;
    padding: 0 8px;
    border: 1px solid var(--vscode-radio-inactiveBorder, var(--axis));
    text-align: center;
    line-height: 22px;
  }
  .segments label:first-of-type span {
    border-start-start-radius: 4px;
    border-end-start-radius: 4px;
  }
  .segments label:last-of-type span {
    border-start-end-radius: 4px;
    border-end-end-radius: 4px;
  }
  .segments input:hover + span {
    background: var(--vscode-toolbar-hoverBackground, transparent);
  }
  .segments input:checked + span {
    position: relative;
    border-color: var(
      --vscode-radio-activeBorder,
      var(--vscode-inputOption-activeBorder, var(--focus))
    );
    background: var(
      --vscode-radio-activeBackground,
      var(--vscode-inputOption-activeBackground, transparent)
    );
    color: var(--vscode-radio-activeForeground, var(--vscode-inputOption-activeForeground));
    font-weight: 600;
  }
  .segments input:focus-visible + span {
    position: relative;
    outline: 1px solid var(--focus);
    outline-offset: 1px;
  }
`;
