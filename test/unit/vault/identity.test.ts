import { Decrypter, Encrypter, identityToRecipient } from 'age-encryption';
import assert from 'node:assert/strict';
import {
  formatIdentity,
  generateIdentity,
  parseIdentity,
  wipe,
} from '../../../src/vault/age/identity.ts';
import { openSealedKey, sealedKeyBytes, sealKey } from '../../../src/vault/age/sealedKey.ts';
import { identitiesInKit } from '../../../src/vault/keys/recoveryKitReader.ts';
import { VaultError } from '../../../src/vault/vaultError.ts';

const failsWith = (reason: string) => (error: unknown) =>
  VaultError.is(error) && error.reason === reason;

describe('vault/identity', () => {
  it('is the identity that the age library takes it for', async () => {
    const identity = generateIdentity();
    assert.equal(await identityToRecipient(formatIdentity(identity)), identity.recipient);
    assert.deepEqual(identitiesInKit(`# a comment\n\n${formatIdentity(identity)}\n`), [identity]);
    assert.deepEqual(parseIdentity(formatIdentity(identity)), identity);
  });

  it('refuses text that is no identity, without quoting it', () => {
    const text = formatIdentity(generateIdentity());
    const flipped = `${text.slice(0, 30)}${text[30] === 'Q' ? 'P' : 'Q'}${text.slice(31)}`;
    for (const bad of ['', '# only a comment', 'age1xyz', flipped, text.slice(0, -1)]) {
      assert.throws(
        () => identitiesInKit(bad),
        (error) =>
          VaultError.is(error, 'damagedKeyFile') &&
          error.cause === undefined &&
          (bad.length < 20 || !error.message.includes(bad.slice(0, 20))),
      );
      assert.equal(parseIdentity(bad), undefined);
    }
  });

  it('is zeros once wiped', () => {
    const identity = generateIdentity();
    wipe(identity);
    assert.deepEqual(identity.secret, new Uint8Array(32));
  });
});

describe('vault/sealedKey', () => {
  const key = Uint8Array.from({ length: 32 }, (_, index) => index);

  it('is an age file that the age library opens', async () => {
    const identity = generateIdentity();
    const sealed = sealKey(key, identity.recipient);
    assert.equal(sealed.length, sealedKeyBytes);
    const decrypter = new Decrypter();
    decrypter.addIdentity(formatIdentity(identity));
    assert.deepEqual(await decrypter.decrypt(sealed), key);
    assert.notDeepEqual(sealKey(key, identity.recipient), sealed);
  });

  it('opens what the age library made', async () => {
    const [identity, other] = [generateIdentity(), generateIdentity()];
    const encrypter = new Encrypter();
    encrypter.addRecipient(identity.recipient);
    const sealed = await encrypter.encrypt(key);
    assert.deepEqual(Uint8Array.from(openSealedKey(sealed, [other, identity])), key);
  });

  it('tells a wrong key from damage, and opens with no byte changed', () => {
    const [identity, other] = [generateIdentity(), generateIdentity()];
    const sealed = sealKey(key, identity.recipient);
    assert.throws(() => openSealedKey(sealed, [other]), failsWith('wrongKey'));
    for (let offset = 0; offset < sealed.length; offset++) {
      const changed = Uint8Array.from(sealed);
      changed[offset] = (changed[offset] ?? 0) ^ 1;
      assert.throws(() => openSealedKey(changed, [identity]), VaultError, `byte ${offset}`);
    }
    assert.throws(() => openSealedKey(sealed.subarray(1), [identity]), failsWith('damaged'));
  });
});
