/** See testEvents.mjs. */
export function tellOfTests(runner: object, tell: (event: object) => void): void;
