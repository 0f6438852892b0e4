/** Turns whatever was thrown into an `Error`; some libraries (sql.js) throw bare strings. */
export function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

/**
 * What Millrace throws on purpose: one class for each domain, with one word that says why. Its text is for who reads the
 * code; it names no path, key or content.
 *
 * Each bundle has a class of its own of the same name, so an error that another bundle threw is no instance of ours. It
 * is known by its domain instead, which is the same string in all of them.
 */
export abstract class ReasonedError<Reason extends string = string> extends Error {
  /** Who threw it: the `domain` of its class. */
  readonly domain: string;
  readonly reason: Reason;

  protected constructor(domain: string, reason: Reason, message: string, options?: ErrorOptions) {
    super(message, options);
    // Minified, a class has no name of its own.
    this.name = `${domain}Error`;
    this.domain = domain;
    this.reason = reason;
  }

  /** Whether something that was thrown is of this class, in whichever bundle, and of one reason where one is named. */
  static is<E extends ReasonedError>(
    this: { readonly domain: string; readonly prototype: E },
    thrown: unknown,
    reason?: E['reason'],
  ): thrown is E {
    return (
      thrown instanceof Error &&
      'domain' in thrown &&
      thrown.domain === this.domain &&
      'reason' in thrown &&
      (reason === undefined || thrown.reason === reason)
    );
  }
}

/** The `code` of a Node system error (`ENOENT`, `ENOSPC`, ...), or `undefined` where there is none. */
export function systemErrorCode(thrown: unknown): string | undefined {
  if (thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string') {
    return thrown.code;
  }
  return undefined;
}
