import { rm } from 'node:fs/promises';
import path from 'node:path';
import { randomBytes } from 'node:crypto';
import * as v from 'valibot';
import { createFile, makeFolder } from '../../files/durableFiles.ts';
import { importsFolderName } from '../../vault/folder/vaultFolder.ts';
import { listFiles } from '../../vault/folder/vaultListing.ts';
import { readSealedFile } from '../../vault/folder/vaultParts.ts';
import { readSigned, sealAsOwner } from '../../vault/trust/ownerSeal.ts';
import type { RecordId } from '../../vault/record.ts';
import { VaultError } from '../../vault/vaultError.ts';
import { importSources, type ImportSource } from '../messages/exportMessages.ts';
import { recordId } from '../../vault/codecs/jsonFields.ts';
import { TransferError } from '../transferError.ts';
import type { JobPlace } from '../transferJob.ts';

/**
 * What this device has imported, so that it can be undone: for each import a file `imports/<number>-<16 hex>.age` in the
 * vault's folder, sealed like everything there. It is JSON: `format` `"millrace-import"`, `version` 1, `source`,
 * `importedMs`, the `ids` that came in, and the `device` where they are that device's own. Besides undoing, it tells the
 * next import which time this device can take away again.
 */
export interface ImportEntry {
  readonly file: string;
  readonly source: ImportSource;
  readonly importedMs: number;
  readonly ids: readonly RecordId[];
  /** The device that the ids are made of, so that no other has them; without one they may be any device's. */
  readonly device?: string | undefined;
}

/** The oldest go first. */
const mostEntries = 20;
const fileForm = /^(\d{8})-[0-9a-f]{16}\.age$/;

const contents = v.strictObject({
  format: v.literal('millrace-import'),
  version: v.literal(1),
  source: v.picklist(importSources),
  importedMs: v.number(),
  ids: v.array(recordId),
  device: v.optional(recordId),
});

/** Writes an import down, before its records come into the vault. @returns its file */
export async function noteImport(
  { folder, keyring }: JobPlace,
  entry: Omit<ImportEntry, 'file'>,
): Promise<string> {
  const imports = path.join(folder, importsFolderName);
  await makeFolder(imports);
  const files = await listEntries(folder);
  const number = 1 + Number(files.at(-1)?.slice(0, 8) ?? 0);
  const name = `${String(number).padStart(8, '0')}-${randomBytes(8).toString('hex')}.age`;
  const json = JSON.stringify({ format: 'millrace-import', version: 1, ...entry });
  if (
    !(await createFile(path.join(imports, name), sealAsOwner(keyring, 'import', Buffer.from(json))))
  ) {
    throw new TransferError('exists', 'There is an import of this name already');
  }
  for (const old of files.slice(0, Math.max(0, files.length + 1 - mostEntries))) {
    await rm(path.join(imports, old), { force: true });
  }
  return name;
}

/** Forgets an import. */
export async function forgetImport({ folder }: JobPlace, file: string): Promise<void> {
  await rm(path.join(folder, importsFolderName, file), { force: true });
}

/** The imports that are known, the last first. One that can't be read (its key was rotated away) is left out. */
export async function* readImports(place: JobPlace): AsyncGenerator<ImportEntry> {
  for (const file of (await listEntries(place.folder)).reverse()) {
    const entry = await readEntry(place, file);
    if (entry !== undefined) {
      yield entry;
    }
  }
}

/** The ids of everything that this device's imports brought, as far as they are known. */
export async function importedIds(place: JobPlace): Promise<ReadonlySet<RecordId>> {
  const known = new Set<RecordId>();
  for await (const { ids } of readImports(place)) {
    for (const id of ids) {
      known.add(id);
    }
  }
  return known;
}

async function listEntries(folder: string): Promise<string[]> {
  const files = await listFiles(path.join(folder, importsFolderName));
  return files.filter((file) => fileForm.test(file));
}

async function readEntry(
  { folder, keyring, believe, log }: JobPlace,
  file: string,
): Promise<ImportEntry | undefined> {
  try {
    const sealed = await readSealedFile(path.join(folder, importsFolderName, file));
    const read = readSigned(sealed, { keyring, trust: await believe() }, 'import');
    const plain: unknown = JSON.parse(Buffer.from(read).toString('utf8'));
    const { source, importedMs, ids, device } = v.parse(contents, plain);
    return { file, source, importedMs, ids, device };
  } catch (error) {
    log.warn('The list of an import could not be read', {
      reason: VaultError.is(error) ? error.reason : 'damaged',
    });
    return undefined;
  }
}
