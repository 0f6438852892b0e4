/**
 * Makes the frozen vault of one format version. Run once for each version, and never again: what it wrote is
 * committed, and every later Millrace must open it.
 *
 *     node -e "import('./scripts/lib/loadTypeScript.mjs').then((m) => m.loadTypeScript('test/support/makeVaultVectors.ts'))"
 */
import { appendFile, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { formatIdentity } from '../../src/vault/keys/identity.ts';
import { KeyFileProtector } from '../../src/vault/keys/keyFileProtector.ts';
import { encodeRecord } from '../../src/vault/segments/recordCodec.ts';
import { vaultFileVersion } from '../../src/vault/keys/vaultFile.ts';
import { Vault } from '../../src/vault/vault.ts';
import { frozenPassphrase, frozenRecords, recordToJson } from './frozenVault.ts';
import { keeperBundle } from './keeperBundle.ts';
import { ManualClock } from './manualClock.ts';
import { MemoryLog } from './memoryLog.ts';
import { repositoryRoot } from './repositoryRoot.ts';
import { openKeyring } from './vaultTools.ts';

const target = path.join(repositoryRoot, `test/fixtures/vault-format-${vaultFileVersion}`);
await mkdir(target);
const folder = path.join(target, 'vault');
const protectors = [new KeyFileProtector(path.join(target, 'keys'))];
const makeVault = async (): Promise<Vault> => {
  const vault = new Vault({
    folder,
    protectors,
    keeperPath: await keeperBundle(),
    clock: new ManualClock(1_790_000_000_000),
    log: new MemoryLog(),
  });
  await vault.start();
  return vault;
};

// A template ends its segment, so what follows it is in the one that is left open.
const half = frozenRecords.findIndex(({ type }) => type === 'template') + 1;
const first = await makeVault();
await first.append(frozenRecords.slice(0, half));
await first.secrets.setPassphrase(frozenPassphrase);
await first.backUp();
await first.close();
const [closed] = await readdir(path.join(folder, 'segments'));

const second = await makeVault();
await second.append(frozenRecords.slice(half));
await writeFile(path.join(target, 'recovery-kit.txt'), await second.secrets.recoveryKit());
second.dispose();
// As a window leaves it that was killed while it appended: no end mark, and a part of a record.
for (const name of await readdir(path.join(folder, 'segments'))) {
  if (name.endsWith('.live')) {
    await rm(path.join(folder, 'segments', name));
  }
  if (name.endsWith('.seg') && name !== closed) {
    await appendFile(path.join(folder, 'segments', name), Uint8Array.of(39, 0, 0, 0, 1, 2, 3));
  }
}
const [identity] = await openKeyring(folder, protectors);
if (identity === undefined) {
  throw new Error('The vault just made does not open');
}
const expected = {
  recipient: identity.recipient,
  identity: formatIdentity(identity),
  closedSegment: closed,
  encoded: frozenRecords.map((record) => Buffer.from(encodeRecord(record)).toString('hex')),
  records: frozenRecords.map(recordToJson),
};
await writeFile(path.join(target, 'expected.json'), `${JSON.stringify(expected, undefined, 2)}\n`);
