import { css } from 'lit';

/**
 * Meaning -> theme token: the only place where colours are chosen. They stand on the body, where VS Code
 * marks the kind of theme, and reach every element by inheritance; a change of theme needs no code.
 */
const pageStyles = css`
  body {
    margin: 0;
    padding: 0;
    background: transparent;
    --bg: var(--vscode-sideBar-background, var(--vscode-editor-background));
    --fg: var(--vscode-sideBar-foreground, var(--vscode-foreground));
    --muted: var(--vscode-descriptionForeground);
    --line: var(--vscode-sideBarSectionHeader-border, var(--vscode-panel-border));
    --surface: var(--vscode-editor-background);
    --surface-line: var(--vscode-widget-border, var(--line));
    --grid: color-mix(in srgb, var(--vscode-charts-foreground) 14%, transparent);
    --axis: color-mix(in srgb, var(--vscode-charts-foreground) 56%, var(--bg));
    /* Measured: how deep, reading, mostly inserted. */
    --flow: var(--vscode-charts-green);
    --flow-mid: color-mix(in srgb, var(--flow) 55%, var(--bg));
    --flow-low: color-mix(in srgb, var(--flow) 26%, var(--bg));
    --read: var(--vscode-charts-blue);
    --insert: var(--vscode-charts-purple);
    /* An interruption, or what lowers the score. Mixed, as the raw orange has too little contrast in Light. */
    --against: color-mix(in srgb, var(--vscode-charts-orange) 86%, var(--vscode-charts-foreground));
    /* Wants attention; is broken. */
    --warn: color-mix(in srgb, var(--vscode-charts-yellow) 86%, var(--vscode-charts-foreground));
    --danger: var(--vscode-charts-red);
    /* Asked for: a focus session, and a switch that is on. */
    --plan: var(--vscode-progressBar-background, var(--focus));
    --knob: color-mix(
      in srgb,
      var(--vscode-inputOption-activeBorder) 40%,
      var(--vscode-inputOption-activeForeground)
    );
    --outline: var(--vscode-contrastBorder, transparent);
    --header-fg: var(--vscode-sideBarSectionHeader-foreground, var(--fg));
    --button-fg: var(--vscode-button-foreground);
    --second-fg: var(--vscode-button-secondaryForeground);
    --icon-fg: var(--vscode-icon-foreground);
    --link-fg: var(--vscode-textLink-foreground);
    --focus: var(--vscode-focusBorder);
    --heat-1: 0.75;
    --heat-2: 0.85;
    --motion: 0.1s;
  }

  /* An editor's tab: what was the background is the surface, and the other way about. */
  :root[data-place='editor'] body {
    --bg: var(--vscode-editor-background);
    --fg: var(--vscode-foreground);
    --surface: var(--vscode-sideBar-background, var(--vscode-editor-background));
  }

  body.vscode-high-contrast,
  body.vscode-high-contrast-light {
    --flow-mid: color-mix(in srgb, var(--flow) 70%, var(--bg));
    --flow-low: color-mix(in srgb, var(--flow) 40%, var(--bg));
    --grid: color-mix(in srgb, var(--vscode-charts-foreground) 32%, transparent);
    --axis: color-mix(in srgb, var(--vscode-charts-foreground) 72%, var(--bg));
    --heat-1: 1;
    --heat-2: 1;
  }

  body.vscode-reduce-motion {
    --motion: 0s;
  }

  @media (prefers-reduced-motion: reduce) {
    body {
      --motion: 0s;
    }
  }

  /* The system's own few colours: pattern, height and sign have to carry the meaning. */
  @media (forced-colors: active) {
    body {
      --bg: Canvas;
      --fg: CanvasText;
      --muted: CanvasText;
      --line: CanvasText;
      --surface: Canvas;
      --surface-line: CanvasText;
      --grid: GrayText;
      --axis: CanvasText;
      --flow: Highlight;
      --flow-mid: color-mix(in srgb, Highlight 70%, Canvas);
      --flow-low: color-mix(in srgb, Highlight 40%, Canvas);
      --read: LinkText;
      --insert: VisitedText;
      --against: CanvasText;
      --plan: Highlight;
      --knob: HighlightText;
      --warn: CanvasText;
      --danger: CanvasText;
      --outline: ButtonBorder;
      --header-fg: ButtonText;
      --button-fg: ButtonText;
      --second-fg: ButtonText;
      --icon-fg: ButtonText;
      --link-fg: LinkText;
      --focus: Highlight;
    }
  }
`;

/** Puts the page's styles in place, through the door that a policy without inline styles leaves open. */
export function adoptPageStyles(): void {
  const sheet = pageStyles.styleSheet;
  if (sheet !== undefined && !document.adoptedStyleSheets.includes(sheet)) {
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  }
}
