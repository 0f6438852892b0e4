/**
 * Makes the frozen vault of one format version. Run once for each version, and never again: what it wrote is
 * committed, and every later Millrace must open it.
 *
 *     node -e "import('./scripts/lib/loadTypeScript.mjs').then((m) => m.loadTypeScript('test/support/makeVaultVectors.ts'))"
 */
import { appendFile, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { formatIdentity } from '../../src/vault/age/identity.ts';
import { KeyFileProtector } from '../../src/vault/protectors/keyFileProtector.ts';
import { encodeRecord } from '../../src/vault/segments/recordCodec.ts';
import { vaultFileVersion } from '../../src/vault/protectors/vaultFile.ts';
import { readVaultFile } from '../../src/vault/keys/vaultStore.ts';
import { VaultPins } from '../../src/vault/trust/vaultPins.ts';
import { Vault } from '../../src/vault/vault.ts';
import { frozenPassphrase, frozenRecords, frozenVaultFolder, recordToJson } from './frozenVault.ts';
import { keeperBundle } from './keeperBundle.ts';
import { ManualClock } from './manualClock.ts';
import { MemoryLog } from './memoryLog.ts';
import { repositoryRoot } from './repositoryRoot.ts';
import { openKeyring, readSegments } from './vaultTools.ts';

const target = path.join(repositoryRoot, `test/fixtures/vault-format-${vaultFileVersion}`);
await mkdir(target);
const folder = path.join(target, 'vault');
const keysFolder = path.join(target, 'keys');
const protectors = [new KeyFileProtector(keysFolder)];
const makeVault = async (): Promise<Vault> => {
  const vault = new Vault({
    folder,
    keysFolder: keysFolder,
    protectors,
    keeperPath: await keeperBundle(),
    clock: new ManualClock(1_790_000_000_000),
    log: new MemoryLog(),
  });
  await vault.start();
  return vault;
};

// The frozen template is of another hash than it says, which a backup must not hold.
const half = frozenRecords.findIndex(({ type }) => type === 'template');
const first = await makeVault();
await first.append(frozenRecords.slice(0, half));
// What is from before a rotation is taken as the vault's own by its hash, and its identity vouches for the next.
await first.makeSnapshot();
await first.secrets.rotate();
await first.secrets.setPassphrase(frozenPassphrase);
await writeFile(path.join(target, 'recovery-kit.txt'), await first.secrets.recoveryKit());
await first.makeSnapshot();
await first.close();

const second = await makeVault();
// A template ends its segment, so what follows it is in another, which is left open.
await second.append(frozenRecords.slice(half, half + 1));
const closed = new Set(await readdir(path.join(folder, 'segments')));
await second.append(frozenRecords.slice(half + 1));
second.dispose();
// As a window leaves it that was killed while it appended: no end mark, and a part of a record.
let killedSegment: string | undefined;
for (const name of await readdir(path.join(folder, 'segments'))) {
  if (name.endsWith('.live')) {
    await rm(path.join(folder, 'segments', name));
  }
  if (name.endsWith('.seg') && !closed.has(name)) {
    killedSegment = name;
    await appendFile(path.join(folder, 'segments', name), Uint8Array.of(39, 0, 0, 0, 1, 2, 3));
  }
}
const keyring = await openKeyring(folder, protectors);
const [identity] = keyring;
const file = await readVaultFile(folder);
if (identity === undefined || file === undefined) {
  throw new Error('The vault just made does not open');
}
// What is remembered goes by the folder, which is another on each computer.
for (const name of await readdir(keysFolder)) {
  if (name.endsWith('.pin')) {
    await rm(path.join(keysFolder, name));
  }
}
await new VaultPins(keysFolder).note(frozenVaultFolder, file);
const expected = {
  recipient: identity.recipient,
  identity: keyring.map(formatIdentity).join('\n'),
  killedSegment,
  encoded: frozenRecords.map((record) => Buffer.from(encodeRecord(record)).toString('hex')),
  // The frozen ones, and what the vault wrote into its log meanwhile.
  records: (await readSegments(folder, keyring)).records.map(recordToJson),
};
await writeFile(path.join(target, 'expected.json'), `${JSON.stringify(expected, undefined, 2)}\n`);
