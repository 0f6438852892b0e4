/** For emitters in tests: a listener that fails, fails the test. */
export function rethrow(error: unknown): never {
  throw error;
}
