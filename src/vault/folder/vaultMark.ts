import path from 'node:path';
import { readPlainNow } from '../../files/plainFile.ts';
import { vaultFileName } from './vaultFolder.ts';
import { largestVaultFileBytes } from './vaultParts.ts';

/** Which vault lies in a folder. */
export interface VaultMark {
  readonly vault: string;
  readonly createdMs: number;
}

/**
 * Which vault lies in a folder: what is readable of a damaged `vault.json`, or of one of a later version, is enough.
 * @returns `undefined` where nobody can tell, or there is none
 */
export function vaultMarkOf(folder: string): VaultMark | undefined {
  let text: string;
  try {
    const file = path.join(folder, vaultFileName);
    text = readPlainNow(file, { largestBytes: largestVaultFileBytes }).toString('latin1');
  } catch {
    return undefined;
  }
  const [, vault] = /"vault":\s*"([0-9a-f]{32})"/.exec(text) ?? [];
  const [, createdMs] = /"createdMs":\s*(\d{1,16})\b/.exec(text) ?? [];
  return vault === undefined ? undefined : { vault, createdMs: Number(createdMs ?? Infinity) };
}
