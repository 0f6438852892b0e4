/** One file of a ZIP archive. */
export interface ZipEntry {
  readonly name: string;
  readonly packedBytes: number;
  readonly bytes: number;
}

const endSignature = 0x06054b50;
const entrySignature = 0x02014b50;
const endLength = 22;
const entryLength = 46;

/**
 * Lists a ZIP archive from its central directory (APPNOTE.TXT 4.3.12 and 4.3.16); no ZIP64, which a .vsix of
 * a few megabytes never is.
 * @throws {RangeError} when this is no ZIP archive.
 */
export function listZip(archive: Buffer): ZipEntry[] {
  let end = archive.length - endLength;
  while (end >= 0 && archive.readUInt32LE(end) !== endSignature) {
    end -= 1;
  }
  if (end < 0) {
    throw new RangeError('Not a ZIP archive');
  }
  const entries: ZipEntry[] = [];
  let at = archive.readUInt32LE(end + 16);
  for (let left = archive.readUInt16LE(end + 10); left > 0; left -= 1) {
    if (archive.readUInt32LE(at) !== entrySignature) {
      throw new RangeError('A damaged ZIP archive');
    }
    const nameLength = archive.readUInt16LE(at + 28);
    entries.push({
      name: archive.toString('utf8', at + entryLength, at + entryLength + nameLength),
      packedBytes: archive.readUInt32LE(at + 20),
      bytes: archive.readUInt32LE(at + 24),
    });
    at += entryLength + nameLength + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
  }
  return entries;
}
