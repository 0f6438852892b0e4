import { KeyFileProtector } from '../../src/vault/protectors/keyFileProtector.ts';
import type { Protector } from '../../src/vault/protectors/protector.ts';

/**
 * The protectors of a device whose secret storage is a folder, so that it outlives the process as a keychain does.
 * @param secrets the folder of the secret storage
 * @param keys the folder of the key files
 */
export function folderProtectors(secrets: string, keys: string): readonly Protector[] {
  const keychain = new KeyFileProtector(secrets);
  return [
    {
      kind: 'secretStorage',
      load: (vaultId) => keychain.load(vaultId),
      store: (vaultId, key) => keychain.store(vaultId, key),
      remove: (vaultId) => keychain.remove(vaultId),
    },
    new KeyFileProtector(keys),
  ];
}
