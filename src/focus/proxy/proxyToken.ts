import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { readIfOurs, replaceFile } from '../../files/durableFiles.ts';

/** Part of the PAC file's address; kept, so that an address that was pasted stays right. */
export async function proxyToken(storageFolder: string): Promise<string> {
  const kept = await keptProxyToken(storageFolder);
  if (kept !== undefined) {
    return kept;
  }
  const token = randomBytes(16).toString('hex');
  await replaceFile(tokenFile(storageFolder), Buffer.from(token), { makesFolder: true });
  return token;
}

/** The token, where the proxy was ever used from this storage folder: what bears it is ours. */
export async function keptProxyToken(storageFolder: string): Promise<string | undefined> {
  const kept = (await readIfOurs(tokenFile(storageFolder)))?.toString() ?? '';
  return /^[0-9a-f]{32}$/.test(kept) ? kept : undefined;
}

function tokenFile(storageFolder: string): string {
  return path.join(storageFolder, 'proxy-token');
}
