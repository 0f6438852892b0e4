import * as fc from 'fast-check';
import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { AgeReader, memorySource, sealAge } from '../../../src/vault/age/ageStream.ts';
import { hkdf, unwrapFileKey } from '../../../src/vault/age/ageStanza.ts';
import { formatAuthorStanza } from '../../../src/vault/age/authorStanza.ts';
import { generateIdentity } from '../../../src/vault/age/identity.ts';
import { authorKeyOf, generateSigningKey, signBytes } from '../../../src/vault/age/signing.ts';
import { isOfAuthor, signVaultFile } from '../../../src/vault/keys/vaultAuthorship.ts';
import { withDevice } from '../../../src/vault/keys/vaultOwnership.ts';
import {
  formatVaultFile,
  parseVaultFile,
  signedBytesOf,
  type VaultFile,
} from '../../../src/vault/protectors/vaultFile.ts';
import {
  formatHeader,
  longestHeaderBytes,
  parseHeader,
} from '../../../src/vault/segments/segmentHeader.ts';
import { ReadTrust } from '../../../src/vault/trust/readTrust.ts';
import { VaultPins } from '../../../src/vault/trust/vaultPins.ts';
import { VaultError } from '../../../src/vault/vaultError.ts';
import { currentEntry } from '../../support/forgedVaultFiles.ts';
import { isLongForm, titleOfForms } from '../../support/killPoints.ts';
import { temporaryFolder } from '../../support/vaultTools.ts';

const numRuns = isLongForm ? 100_000 : 400;

/** What somebody does to bytes who does not care what they mean. */
const byteChanges = fc.array(
  fc.record({
    what: fc.constantFrom('set', 'insert', 'remove', 'repeat', 'cut'),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    bytes: fc.uint8Array({ minLength: 1, maxLength: 8 }),
  }),
  { minLength: 1, maxLength: 4 },
);

type ByteChanges = typeof byteChanges extends fc.Arbitrary<infer T> ? T : never;

function changed(bytes: Uint8Array, changes: ByteChanges): Buffer {
  let now = Buffer.from(bytes);
  for (const { what, at, bytes: by } of changes) {
    const offset = Math.floor(at * now.length);
    const [before, after] = [now.subarray(0, offset), now.subarray(offset)];
    switch (what) {
      case 'set':
        now = Buffer.concat([before, by, after.subarray(by.length)]);
        break;
      case 'insert':
        now = Buffer.concat([before, by, after]);
        break;
      case 'remove':
        now = Buffer.concat([before, after.subarray(by.length)]);
        break;
      case 'repeat':
        now = Buffer.concat([now, after]);
        break;
      case 'cut':
        now = before;
        break;
    }
  }
  return now;
}

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** A value somewhere in a file takes another's place, or anything does. */
const jsonChanges = fc.array(
  fc.record({
    at: fc.nat(),
    with: fc.oneof(
      fc.jsonValue().map((value) => ({ value: value as Json })),
      fc.nat().map((from) => ({ from })),
      fc.constantFrom({ isGone: true }, { isDoubled: true }),
      fc
        .constantFrom<Json>(1, 2, 3, '', [], {}, 'current', 'retired', 'destroyed')
        .map((value) => ({ value })),
    ),
  }),
  { minLength: 1, maxLength: 5 },
);

type JsonChanges = typeof jsonChanges extends fc.Arbitrary<infer T> ? T : never;

interface Slot {
  readonly get: () => Json;
  readonly set: (value: Json) => void;
  readonly remove: () => void;
  readonly double: () => void;
}

function asJson(value: object): Record<string, Json> {
  return value as Record<string, Json>;
}

function slotsOf(value: Json): Slot[] {
  if (Array.isArray(value)) {
    return value.flatMap((item, index) => [
      {
        get: () => value[index] ?? null,
        set: (other: Json) => {
          value[index] = other;
        },
        remove: () => {
          value.splice(index, 1);
        },
        double: () => {
          value.splice(index, 0, structuredClone(item));
        },
      },
      ...slotsOf(item),
    ]);
  }
  if (typeof value === 'object' && value !== null) {
    return Object.keys(value).flatMap((name) => [
      {
        get: () => value[name] ?? null,
        set: (other: Json) => {
          value[name] = other;
        },
        remove: () => {
          Reflect.deleteProperty(value, name);
        },
        double: () => {
          value[`${name}2`] = structuredClone(value[name] ?? null);
        },
      },
      ...slotsOf(value[name] ?? null),
    ]);
  }
  return [];
}

function changedJson(file: VaultFile, changes: JsonChanges): Json {
  const value = structuredClone(file) as unknown as Json;
  for (const { at, with: by } of changes) {
    const slots = slotsOf(value);
    const slot = slots[at % Math.max(1, slots.length)];
    if (slot === undefined) {
      continue;
    }
    if ('value' in by) {
      slot.set(structuredClone(by.value));
    } else if ('from' in by) {
      slot.set(structuredClone(slots[by.from % slots.length]?.get() ?? null));
    } else if ('isGone' in by) {
      slot.remove();
    } else {
      slot.double();
    }
  }
  return value;
}

/** With a right checksum, which anybody can compute. */
function written(value: Json, indent?: number): Buffer {
  const rest = { ...(value as Record<string, Json>) };
  delete rest['checksum'];
  const checksum = createHash('sha256').update(JSON.stringify(rest)).digest('hex');
  return Buffer.from(`${JSON.stringify({ ...rest, checksum }, undefined, indent)}\n`);
}

describe('authorship, whatever somebody makes of the files', function () {
  this.timeout(isLongForm ? 3_600_000 : 120_000);
  const owner = generateIdentity();
  const earlier = generateIdentity();
  const device = generateSigningKey();
  const stranger = generateSigningKey();
  const vaultId = 'd1'.repeat(16);
  const known = { recipient: owner.recipient, author: authorKeyOf(owner).publicKey };
  const earlierAuthor = authorKeyOf(earlier).publicKey;
  const file = ((): VaultFile => {
    const first: VaultFile = {
      ...{ format: 'millrace-vault', version: 2, vault: vaultId, generation: 3, createdMs: 5 },
      recipient: owner.recipient,
      protectors: [{ id: 'ab'.repeat(16), kind: 'keyFile', createdMs: 5 }],
      identities: [
        {
          ...currentEntry(owner.recipient),
          wrapped: [{ protector: 'ab'.repeat(16), box: 'AAAA' }],
        },
        { ...currentEntry(earlier.recipient), state: 'retired', wrapped: [] },
      ],
      accepted: { segments: ['12'.repeat(32)], files: ['34'.repeat(32)] },
    };
    return signVaultFile(withDevice(first, device.publicKey, 7), [owner, earlier]);
  })();
  const bytes = Buffer.from(formatVaultFile(file));
  const said = Buffer.from(signedBytesOf(file));

  /** It is refused as damaged, later or untrusted, or it is just what its owner signed, or somebody else’s. */
  function judgeVaultFile(content: Uint8Array): void {
    let parsed: VaultFile;
    try {
      parsed = parseVaultFile(content);
    } catch (error) {
      assert.ok(VaultError.is(error), String(error));
      return;
    }
    if (isOfAuthor(parsed, known)) {
      assert.deepEqual(Buffer.from(signedBytesOf(parsed)), said);
    }
    assert.deepEqual(parseVaultFile(formatVaultFile(parsed)), parsed);
  }

  it(titleOfForms('vault.json: it is the owner’s, or refused, when its bytes are changed'), () => {
    fc.assert(
      fc.property(byteChanges, (changes) => {
        judgeVaultFile(changed(bytes, changes));
      }),
      { numRuns },
    );
  });

  it(
    titleOfForms('vault.json: it is the owner’s, or refused, when its members are changed'),
    () => {
      fc.assert(
        fc.property(jsonChanges, fc.constantFrom(undefined, 2), (changes, indent) => {
          judgeVaultFile(written(changedJson(file, changes), indent));
        }),
        { numRuns },
      );
    },
  );

  it(titleOfForms('vault.json: it is not the owner’s when a stranger changes and signs it'), () => {
    fc.assert(
      fc.property(jsonChanges, fc.boolean(), (changes, isAuthorNamed) => {
        const value = changedJson(file, changes);
        const entries = (value as Partial<Record<string, Json>>)['identities'];
        if (isAuthorNamed && Array.isArray(entries)) {
          for (const entry of entries) {
            if (typeof entry === 'object' && entry !== null && !Array.isArray(entry)) {
              entry['author'] = stranger.publicKey;
            }
          }
        }
        const rest = { ...(value as Record<string, Json>) };
        delete rest['signature'];
        delete rest['checksum'];
        const signature = signBytes(stranger, 'vault 2', Buffer.from(JSON.stringify(rest)));
        const signed = { ...rest, signature: Buffer.from(signature).toString('base64') };
        judgeVaultFile(written(signed));
      }),
      { numRuns },
    );
  });

  it(titleOfForms('vault.json: anything at all is refused'), () => {
    const anything = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.json().map((text) => Buffer.from(text)),
      fc
        .dictionary(fc.string(), fc.jsonValue())
        .map((members) => written({ ...asJson(file), ...asJson(members) })),
    );
    fc.assert(
      fc.property(anything, (content) => {
        judgeVaultFile(content);
      }),
      { numRuns },
    );
  });

  describe('segments', () => {
    const sealedKey = Buffer.alloc(232, 0x5a);
    const header = { writerId: '0f'.repeat(16), number: 3, createdMs: 9 };
    const segment = formatHeader(header, sealedKey, { vaultId, device }).bytes;
    const copyBytes = segment.length / 2;
    const signed = Buffer.from(segment.subarray(0, copyBytes - 96));
    const trust = new ReadTrust(file);

    function judgeHeader(content: Uint8Array): void {
      let parsed: ReturnType<typeof parseHeader>;
      try {
        parsed = parseHeader(content);
      } catch (error) {
        assert.ok(VaultError.is(error), String(error));
        return;
      }
      if (parsed !== undefined && trust.trustsSegment(parsed)) {
        assert.deepEqual(parsed.header, header);
        assert.deepEqual(Buffer.from(parsed.sealedKey), sealedKey);
      }
    }

    /** With the hash that belongs to what stands there, as anybody can compute it. */
    function hashed(copy: Buffer): Buffer {
      const now = Buffer.alloc(copyBytes);
      copy.copy(now);
      createHash('sha256')
        .update(now.subarray(0, -32))
        .digest()
        .copy(now, copyBytes - 32);
      return now;
    }

    it(titleOfForms('a header is its device’s, or refused'), () => {
      fc.assert(
        fc.property(byteChanges, fc.boolean(), fc.boolean(), (changes, isHashed, isOneWhole) => {
          const copy = changed(segment.subarray(0, copyBytes), changes);
          const forged = isHashed ? hashed(copy) : copy;
          const other = isOneWhole ? segment.subarray(copyBytes) : forged;
          judgeHeader(Buffer.concat([forged, other]));
          judgeHeader(Buffer.concat([other, forged]));
          judgeHeader(changed(segment, changes));
        }),
        { numRuns },
      );
    });

    it(titleOfForms('a header that a stranger signs is nobody’s'), () => {
      fc.assert(
        fc.property(byteChanges, fc.boolean(), (changes, isNamed) => {
          const forged = Buffer.alloc(copyBytes);
          changed(signed, changes).copy(forged, 0, 0, signed.length);
          if (isNamed) {
            forged.write(device.publicKey, signed.length - 32, 'hex');
          }
          const message = Buffer.concat([
            Buffer.from(vaultId, 'hex'),
            forged.subarray(0, signed.length),
          ]);
          forged.set(signBytes(stranger, 'segment 2', message), signed.length);
          const copy = hashed(forged);
          if (!copy.subarray(0, signed.length).equals(signed)) {
            const parsed = ((): ReturnType<typeof parseHeader> => {
              try {
                return parseHeader(Buffer.concat([copy, copy]));
              } catch (error) {
                assert.ok(VaultError.is(error), String(error));
                return undefined;
              }
            })();
            assert.ok(parsed === undefined || !trust.trustsSegment(parsed));
          }
        }),
        { numRuns },
      );
    });

    it(titleOfForms('anything at all has a header or is refused'), () => {
      const start = fc.constantFrom('', 'MRSEG1\x02', 'MRSEG1\x01', 'MRSEG1\x03', 'MRSEG2');
      const rest = fc.uint8Array({ maxLength: longestHeaderBytes + 9, size: 'max' });
      fc.assert(
        fc.property(start, rest, (begin, content) => {
          judgeHeader(Buffer.concat([Buffer.from(begin, 'latin1'), content]));
        }),
        { numRuns },
      );
    });
  });

  describe('age files', () => {
    const plain = Buffer.from('a snapshot');
    const author = { what: 'snapshot', key: authorKeyOf(owner) };
    const whole = Buffer.from(sealAge(owner.recipient, plain, author));
    const others = Buffer.from(sealAge(owner.recipient, plain, author));
    const stanzaOf = (content: Buffer): string =>
      /-> millrace-author [^>]*(?=---)/.exec(content.toString('latin1'))?.[0] ?? '';
    const ownStanza = stanzaOf(whole);
    /** What somebody knows who made the file without the owner’s key. */
    const unsigned = Buffer.from(sealAge(owner.recipient, plain));
    const headerEnd = unsigned.indexOf('\n--- ') + 1;
    const [, share = '', body = ''] =
      /-> X25519 (\S+)\n(\S+)\n/.exec(unsigned.toString('latin1')) ?? [];
    const fileKey = unwrapFileKey(
      { share: Buffer.from(share, 'base64'), body: Buffer.from(body, 'base64') },
      owner,
    );
    assert.ok(fileKey);

    function withStanza(text: string): Buffer {
      const head = `${unsigned.toString('latin1', 0, headerEnd)}${text}---`;
      const key = hkdf(fileKey ?? Buffer.of(), new Uint8Array(0), 'header');
      const mac = createHmac('sha256', key).update(head, 'latin1').digest('base64');
      const payload = unsigned.subarray(unsigned.indexOf('\n', headerEnd) + 1);
      return Buffer.concat([Buffer.from(`${head} ${mac.replace('=', '')}\n`, 'latin1'), payload]);
    }

    /** Whether the owner is said to have signed it. */
    function isSigned(content: Buffer): boolean {
      let reader: AgeReader;
      try {
        reader = new AgeReader(memorySource(content), [owner]);
      } catch (error) {
        assert.ok(VaultError.is(error), String(error));
        return false;
      }
      try {
        for (const what of ['backup', 'import', 'month', '', 'snapshot\n']) {
          assert.ok(!reader.isSignedBy(what, known.author), what);
        }
        return reader.isSignedBy('snapshot', known.author);
      } finally {
        reader.dispose();
      }
    }

    it('are signed where they are', () => {
      assert.ok(isSigned(whole));
      assert.ok(isSigned(others));
      assert.ok(!isSigned(unsigned));
      assert.ok(isSigned(withStanza(formatAuthorStanza(author, fileKey))));
      assert.ok(!isSigned(withStanza(ownStanza)), 'taken from another file');
      assert.ok(!isSigned(withStanza(formatAuthorStanza({ ...author, key: stranger }, fileKey))));
    });

    it(titleOfForms('are the owner’s, or not, when their bytes are changed'), () => {
      fc.assert(
        fc.property(byteChanges, (changes) => {
          const forged = changed(whole, changes);
          if (isSigned(forged)) {
            assert.equal(stanzaOf(forged), ownStanza);
          }
        }),
        { numRuns },
      );
    });

    it(
      titleOfForms('are nobody’s, whatever stanza somebody makes who has no key of the owner’s'),
      () => {
        const letters = fc.string({
          unit: fc.constantFrom('A', 'b', '0', '+', '/', '=', '-', '>', ' ', '\n', 'X'),
        });
        const text = fc.oneof(
          letters,
          byteChanges.map((changes) => changed(Buffer.from(ownStanza), changes).toString('latin1')),
          letters.map((more) => `${ownStanza}-> ${more}\n${more}\n`),
          letters.map((more) => `-> ${more}\n${more}\n${ownStanza}`),
          fc.constant(`${ownStanza}${stanzaOf(others)}`),
        );
        fc.assert(
          fc.property(text, (stanza) => {
            assert.ok(!isSigned(withStanza(stanza)));
          }),
          { numRuns },
        );
      },
    );
  });

  it(
    titleOfForms(
      'pins: whatever lies there, it is no other vault’s word, and nobody trips over it',
    ),
    async () => {
      const { folder, remove } = await temporaryFolder();
      const vaultFolder = path.join(folder, 'vault');
      const keysFolder = path.join(folder, 'keys');
      try {
        await mkdir(vaultFolder);
        const pins = new VaultPins(keysFolder);
        await pins.note(vaultFolder, file);
        const [name = ''] = await readdir(keysFolder);
        const pin = path.join(keysFolder, name);
        const genuine = {
          vault: vaultId,
          generation: 3,
          recipient: owner.recipient,
          author: known.author,
        };
        const text = Buffer.from(
          JSON.stringify({ format: 'millrace-pin', version: 1, folder: vaultFolder, ...genuine }),
        );
        const contents = fc.oneof(
          fc.uint8Array({ maxLength: 99 }),
          byteChanges.map((changes) => changed(text, changes)),
          fc
            .record(
              {
                vault: fc.constantFrom(vaultId, 'ee'.repeat(16)),
                generation: fc.oneof(fc.nat(6), fc.integer(), fc.double()),
                recipient: fc.constantFrom(owner.recipient, earlier.recipient, ''),
                author: fc.constantFrom(known.author, stranger.publicKey, earlierAuthor),
              },
              { requiredKeys: [] },
            )
            .map((other) =>
              Buffer.from(JSON.stringify({ ...JSON.parse(text.toString()), ...other })),
            ),
        );
        await fc.assert(
          fc.asyncProperty(contents, async (content) => {
            await writeFile(pin, content);
            const finding = await pins.find(vaultFolder, file);
            if (finding === 'known' || finding === 'succeeds') {
              const { vault, generation, recipient, author } = JSON.parse(
                Buffer.from(content).toString(),
              ) as typeof genuine;
              assert.equal(vault, vaultId);
              assert.ok(generation <= 3);
              const isOwn = recipient === owner.recipient && author === known.author;
              const isEarlier = recipient === earlier.recipient && author === earlierAuthor;
              assert.ok(isOwn || isEarlier);
            }
          }),
          { numRuns },
        );
      } finally {
        await remove();
      }
    },
  );
});
