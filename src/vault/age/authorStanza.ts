import { createHash } from 'node:crypto';
import { isSigned, signBytes, type SigningKey } from './signing.ts';

/**
 * Who made an age file: a stanza beside the one that opens it, which other programs pass over, as the format asks of them
 * (https://github.com/C2SP/C2SP/blob/main/age.md, "Recipient stanza"). The signature is over the file's key, which all of the content
 * hangs on and only who may open the file knows. docs/vault-format.md, "Authorship".
 */
export interface FileAuthor {
  /** What the file is and, where its place matters, which: one of them is worth nothing as another. */
  readonly what: string;
  /** Of the vault's owner, who has it for this vault alone. */
  readonly key: SigningKey;
}

const stanza =
  /^-> millrace-author ([A-Za-z0-9+/]{43})\n([A-Za-z0-9+/]{64})\n([A-Za-z0-9+/]{22})\n/m;

/** The stanza as it stands in a header. */
export function formatAuthorStanza(author: FileAuthor, fileKey: Uint8Array): string {
  const signature = unpadded(signBytes(author.key, 'file 1', messageOf(author.what, fileKey)));
  const key = unpadded(Buffer.from(author.key.publicKey, 'hex'));
  return `-> millrace-author ${key}\n${signature.slice(0, 64)}\n${signature.slice(64)}\n`;
}

/** Whether a header has such a stanza of this key. */
export function isAuthorStanza(
  head: string,
  what: string,
  publicKey: string,
  fileKey: Uint8Array,
): boolean {
  const [, key = '', first = '', second = ''] = stanza.exec(head) ?? [];
  return (
    Buffer.from(key, 'base64').toString('hex') === publicKey &&
    isSigned(publicKey, 'file 1', messageOf(what, fileKey), Buffer.from(first + second, 'base64'))
  );
}

function messageOf(what: string, fileKey: Uint8Array): Uint8Array {
  const hash = createHash('sha256').update(fileKey).digest();
  return Buffer.concat([Buffer.from(`${what}\n`, 'utf8'), hash]);
}

/** As age writes base64. */
function unpadded(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64').replaceAll('=', '');
}
