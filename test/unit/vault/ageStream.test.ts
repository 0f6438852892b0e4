import assert from 'node:assert/strict';
import { Decrypter, Encrypter } from 'age-encryption';
import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { AgeReader, chunkBytes, memorySource, sealAge } from '../../../src/vault/age/ageStream.ts';
import { fastestCipher, portableCipher } from '../../../src/vault/age/chunkCipher.ts';
import { formatIdentity, generateIdentity } from '../../../src/vault/age/identity.ts';
import { VaultError } from '../../../src/vault/vaultError.ts';

const identity = generateIdentity();
const sizes = [
  0,
  1,
  chunkBytes - 1,
  chunkBytes,
  chunkBytes + 1,
  3 * chunkBytes,
  3 * chunkBytes + 7,
];

/** Bytes that are different at every place. */
function bytesOf(length: number): Uint8Array {
  const bytes = Buffer.alloc(length);
  for (let offset = 0; offset < length; offset += 32) {
    createHash('sha256').update(String(offset)).digest().copy(bytes, offset);
  }
  return Uint8Array.from(bytes);
}

function readAll(file: Uint8Array): Uint8Array {
  return new AgeReader(memorySource(file), [identity]).readAll();
}

describe('age files, chunk by chunk', function () {
  this.timeout(60_000);

  it('are read by the age library, and read what it wrote, at every length', async () => {
    for (const size of sizes) {
      const plain = bytesOf(size);
      const decrypter = new Decrypter();
      decrypter.addIdentity(formatIdentity(identity));
      assert.deepEqual(await decrypter.decrypt(sealAge(identity.recipient, plain)), plain);
      const encrypter = new Encrypter();
      encrypter.addRecipient(generateIdentity().recipient);
      encrypter.addRecipient(identity.recipient);
      assert.deepEqual(readAll(await encrypter.encrypt(plain)), plain);
    }
  });

  it('are the same with the cipher that every program has', () => {
    const plain = bytesOf(2 * chunkBytes + 100);
    for (const [sealing, opening] of [
      [portableCipher, fastestCipher],
      [fastestCipher, portableCipher],
    ] as const) {
      const file = sealAge(identity.recipient, plain, undefined, sealing);
      const reader = new AgeReader(memorySource(file), [identity], opening);
      assert.deepEqual(Uint8Array.from(reader.readAll()), plain);
    }
  });

  it('give any chunk alone', () => {
    const plain = bytesOf(2 * chunkBytes + 100);
    const reader = new AgeReader(memorySource(sealAge(identity.recipient, plain)), [identity]);
    assert.equal(reader.plainBytes, plain.length);
    assert.deepEqual(Uint8Array.from(reader.readChunk(2)), plain.slice(2 * chunkBytes));
    assert.deepEqual(Uint8Array.from(reader.readChunk(0)), plain.slice(0, chunkBytes));
  });

  it('refuse another identity', () => {
    const file = sealAge(identity.recipient, bytesOf(10));
    assert.throws(
      () => new AgeReader(memorySource(file), [generateIdentity()]),
      (error) => VaultError.is(error, 'wrongKey'),
    );
  });

  it('find every flipped byte', () => {
    const file = sealAge(identity.recipient, bytesOf(40));
    for (let offset = 0; offset < file.length; offset++) {
      const flipped = file.slice();
      flipped[offset] = (flipped[offset] ?? 0) ^ 1;
      assert.throws(
        () => readAll(flipped),
        (error) => VaultError.is(error),
        `byte ${offset}`,
      );
    }
  });

  it('find a changed bit that no byte of the header depends on', () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
    const file = Buffer.from(sealAge(identity.recipient, bytesOf(40)));
    // 32 bytes in base64 leave two bits of their last character unused.
    const last = file.indexOf('\n', file.indexOf('\n--- ') + 1) - 1;
    const unused = alphabet.indexOf(String.fromCharCode(file[last] ?? 0)) ^ 1;
    file[last] = alphabet.charCodeAt(unused);
    assert.throws(
      () => readAll(file),
      (error) => VaultError.is(error, 'damaged'),
    );
  });

  it('find every cut, swap and repetition of chunks', () => {
    const file = sealAge(identity.recipient, bytesOf(3 * chunkBytes + 5));
    const start = file.length - (3 * (chunkBytes + 16) + 5 + 16);
    const chunk = (index: number): Uint8Array =>
      file.subarray(start + index * (chunkBytes + 16), start + (index + 1) * (chunkBytes + 16));
    const head = file.subarray(0, start);
    const orders = [[1, 0, 2, 3], [0, 2, 3], [0, 1, 2, 2, 3], [0, 1, 2], [0, 1, 3], [3], []];
    for (const order of orders) {
      const bad = Uint8Array.from(Buffer.concat([head, ...order.map(chunk)]));
      assert.throws(
        () => readAll(bad),
        (error) => VaultError.is(error, 'damaged'),
        order.join(),
      );
    }
    fc.assert(
      fc.property(fc.integer({ min: 0, max: file.length - 1 }), (length) => {
        assert.throws(
          () => readAll(file.slice(0, length)),
          (error) => VaultError.is(error),
        );
      }),
    );
  });
});
