import fc from 'fast-check';
import { foreignHostsLines, hostsTools, type HostsTool, type LineChange } from './hostsTools.ts';

/** What may happen to a hosts file while a block is in it. */
export interface Mishap {
  readonly tools: readonly HostsTool[];
  readonly changes: readonly LineChange[];
}

/** Any few of them, for properties. */
export const mishaps: fc.Arbitrary<Mishap> = fc.record({
  tools: fc.array(fc.constantFrom(...hostsTools), { maxLength: 2 }),
  changes: fc.array(
    fc.record({
      what: fc.constantFrom('delete', 'double', 'move', 'insert', 'strip a copy of all'),
      from: fc.nat(40),
      to: fc.nat(40),
      line: fc.constantFrom(...foreignHostsLines),
    }) satisfies fc.Arbitrary<LineChange>,
    { maxLength: 4 },
  ),
});
