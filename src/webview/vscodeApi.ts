/** What VS Code gives a page in a webview. It may be asked for once in the life of a page. */
export interface VscodeApi {
  postMessage(message: unknown): void;
  /** What the page kept when it was hidden last, or `undefined`. Anybody may have written it: guard it. */
  getState(): unknown;
  /** Keeps a value that can be written as JSON. VS Code stores it unencrypted: never a person's record. */
  setState(state: unknown): void;
}

declare global {
  function acquireVsCodeApi(): VscodeApi;
}

/** The one place that touches the function which VS Code puts into the page. */
export function openVscodeApi(): VscodeApi {
  return acquireVsCodeApi();
}
