import * as vscode from 'vscode';
import { KeyFileProtector } from '../../../vault/protectors/keyFileProtector.ts';
import type { KeyStore } from '../../../vault/keys/vaultStore.ts';
import type { Protector } from '../../../vault/protectors/protector.ts';

/** Keeps a vault's key in VS Code's SecretStorage: the keychain of the desktop, where there is one. */
class SecretProtector implements Protector {
  readonly kind = 'secretStorage';
  readonly #secrets: vscode.SecretStorage;

  constructor(secrets: vscode.SecretStorage) {
    this.#secrets = secrets;
  }

  async load(vaultId: string): Promise<Uint8Array | undefined> {
    const stored = await this.#secrets.get(nameOf(vaultId));
    return stored === undefined ? undefined : new Uint8Array(Buffer.from(stored, 'base64'));
  }

  async store(vaultId: string, key: Uint8Array): Promise<void> {
    await this.#secrets.store(nameOf(vaultId), Buffer.from(key).toString('base64'));
  }

  async remove(vaultId: string): Promise<void> {
    await this.#secrets.delete(nameOf(vaultId));
  }
}

function nameOf(vaultId: string): string {
  return `vault.${vaultId}`;
}

/**
 * Where a vault's key may be kept, best first. In a browser SecretStorage belongs to the browser's profile:
 * the key would be lost with it, and a second window does not see it.
 * @param keysFolder absolute path, outside the vault's folder
 */
export function keyStoreOf(secrets: vscode.SecretStorage, keysFolder: string): KeyStore {
  const keyFile = new KeyFileProtector(keysFolder);
  const isWeb = vscode.env.uiKind === vscode.UIKind.Web;
  return {
    protectors: isWeb ? [keyFile] : [new SecretProtector(secrets), keyFile],
    keysFolder,
  };
}
