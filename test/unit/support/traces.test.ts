import assert from 'node:assert/strict';
import { TraceSearch } from '../../support/traces.ts';

describe('TraceSearch', () => {
  const sentence = 'Purple Herons audit Quarries';
  const search = new TraceSearch([sentence]);
  const around = (bytes: Buffer): Buffer =>
    Buffer.concat([Buffer.alloc(7, 1), bytes, Buffer.alloc(5, 2)]);
  const reversed = Array.from(sentence).reverse().join('');

  for (const [form, bytes] of [
    ['UTF-8', Buffer.from(sentence)],
    ['upper case', Buffer.from(sentence.toUpperCase())],
    ['UTF-16LE', Buffer.from(sentence, 'utf16le')],
    ['UTF-16BE', Buffer.from(sentence, 'utf16le').swap16()],
    ['UTF-8 backwards', Buffer.from(reversed)],
    ['UTF-16LE backwards', Buffer.from(reversed, 'utf16le')],
    ['UTF-16BE backwards', Buffer.from(reversed, 'utf16le').swap16()],
    ['one word alone', Buffer.from('the quarries')],
    ['base64', Buffer.from(Buffer.from(sentence).toString('base64'))],
    ['base64 within more', Buffer.from(Buffer.from(`{"a":"${sentence}"}`).toString('base64'))],
    ['hex', Buffer.from(Buffer.from(sentence).toString('hex'))],
  ] as const) {
    it(`finds the text as ${form}`, () => {
      assert.notDeepEqual(search.inBytes('here', around(bytes)), []);
    });
  }

  it('finds nothing where there is nothing', () => {
    assert.deepEqual(search.inBytes('here', Buffer.from('egrets of another colour... 4f2a==')), []);
  });
});
