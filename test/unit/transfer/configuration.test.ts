import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import {
  formatConfiguration,
  parseConfiguration,
  previewConfiguration,
  type Json,
  type SettingRule,
} from '../../../src/transfer/configuration.ts';
import { TransferError } from '../../../src/transfer/transferError.ts';

const rules: readonly SettingRule[] = [
  { name: 'day.startHour', isOfMachine: false, accepts: (value) => Number.isInteger(value) },
  { name: 'feedback.ask', isOfMachine: false, accepts: (value) => typeof value === 'boolean' },
  { name: 'focus.blockedSites', isOfMachine: false, accepts: (value) => typeof value === 'object' },
  { name: 'vault.folder', isOfMachine: true, accepts: (value) => typeof value === 'string' },
];
/** Every object has them by itself, and here they are names like all others. */
const inheritedNames = fc.constantFrom('__proto__', 'constructor', 'prototype', 'toString');
const isList = (layout: Json): boolean => Array.isArray(layout);
const bytesOf = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const empty = {
  format: 'millrace-configuration',
  version: 1,
  madeMs: 5,
  settings: {},
  layout: null,
};

describe('a configuration', () => {
  it('comes back as it was, and then there is nothing to change', () => {
    const settings = fc.record(
      {
        'day.startHour': fc.integer(),
        'feedback.ask': fc.boolean(),
        'focus.blockedSites': fc.dictionary(fc.oneof(fc.string(), inheritedNames), fc.boolean(), {
          noNullPrototype: true,
        }),
      },
      { requiredKeys: [], noNullPrototype: true },
    );
    fc.assert(
      fc.property(settings, fc.array(fc.string()), (some, layout) => {
        const present = { settings: some as Readonly<Record<string, Json>>, layout };
        const read = parseConfiguration(formatConfiguration(present, rules, 7));
        assert.deepEqual(read.settings, some);
        const preview = previewConfiguration(read, present, rules, isList);
        assert.deepEqual([preview.changes, preview.refused], [[], []]);
        assert.equal(preview.layout, undefined);
        assert.equal(preview.same, Object.keys(some).length);
      }),
    );
  });

  it('leaves out what belongs to the computer', () => {
    const settings = { 'vault.folder': '/home/someone', 'feedback.ask': false, other: 1 };
    const text = new TextDecoder().decode(
      formatConfiguration({ settings, layout: null }, rules, 7),
    );
    assert.doesNotMatch(text, /someone|other/);
    assert.deepEqual(parseConfiguration(new TextEncoder().encode(text)).settings, {
      'feedback.ask': false,
    });
  });

  it('tells what would change, and what is refused and why', () => {
    const file = parseConfiguration(
      bytesOf({
        ...empty,
        settings: {
          'day.startHour': 6,
          'feedback.ask': 'yes',
          'focus.blockedSites': { 'b.org': false, 'a.org': true },
          'vault.folder': '/elsewhere',
          'later.thing': 1,
          __proto__: 1,
        },
        layout: ['now', 'week'],
      }),
    );
    const present = {
      settings: { 'focus.blockedSites': { 'a.org': true, 'b.org': false } },
      layout: ['week', 'now'],
    };
    assert.deepEqual(previewConfiguration(file, present, rules, isList), {
      changes: [{ name: 'day.startHour', from: undefined, to: 6 }],
      same: 1,
      refused: [
        { name: 'feedback.ask', reason: 'wrongType' },
        { name: 'vault.folder', reason: 'ofMachine' },
        { name: 'later.thing', reason: 'unknown' },
      ],
      layout: ['now', 'week'],
    });
    const odd = previewConfiguration({ ...file, layout: 5 }, present, rules, isList);
    assert.deepEqual(odd.refused.at(-1), { name: 'layout', reason: 'wrongType' });
    assert.equal(odd.layout, undefined);
  });

  it('is no other file', () => {
    const refuses = (bytes: Uint8Array, reason: string): void => {
      assert.throws(
        () => parseConfiguration(bytes),
        (error) => TransferError.is(error) && error.reason === reason,
        reason,
      );
    };
    refuses(bytesOf({ ...empty, version: 2, more: true }), 'laterVersion');
    refuses(bytesOf({ ...empty, format: 'millrace-export' }), 'notOurs');
    refuses(bytesOf([]), 'notOurs');
    refuses(bytesOf({ ...empty, more: true }), 'malformed');
    refuses(bytesOf({ ...empty, settings: [] }), 'malformed');
    refuses(bytesOf({ ...empty, version: 0 }), 'malformed');
    for (const [whole, infinite] of [
      ['"layout":null', '"layout":[[1e999]]'],
      ['"settings":{}', '"settings":{"a":{"b":-1e999}}'],
    ] as const) {
      const text = JSON.stringify(empty).replace(whole, infinite);
      refuses(new TextEncoder().encode(text), 'malformed');
    }
    refuses(bytesOf({ ...empty, layout: undefined }), 'malformed');
    refuses(new TextEncoder().encode('{'), 'damaged');
    refuses(Uint8Array.of(0xff, 0xfe), 'damaged');
    refuses(new Uint8Array((4 << 20) + 1), 'tooLarge');
    assert.deepEqual(parseConfiguration(bytesOf(empty)).settings, {});
  });
});
