import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { deflateRaw, inflateRawSync } from 'node:zlib';
import type { Database, Row } from '../sqlite/database.ts';
import type { RecordId, TemplateRecord } from '../record.ts';
import { idBytes, idText } from '../codecs/rowValues.ts';
import { VaultError } from '../vaultError.ts';

/**
 * Biometric templates: a person's rhythm baseline, the personal model. Each put makes a version, which never
 * changes afterwards; versions end by tombstones. docs/vault-format.md, "Templates".
 */

/** One version, without its bytes. */
export interface TemplateInfo {
  readonly id: RecordId;
  readonly name: string;
  /** Larger for later puts. Two windows may use the same one: then the later of them is found by it. */
  readonly version: number;
  readonly createdMs: number;
}

/** One version. */
export interface Template {
  readonly name: string;
  readonly version: number;
  readonly createdMs: number;
  readonly bytes: Uint8Array;
}

/** So many versions of each name are kept when a compaction prunes. */
export const keptVersions = 5;
/** The most that a template may have. It also bounds what a hostile record can be inflated to. */
const longestTemplateBytes = 4 << 20;

const deflate = promisify(deflateRaw);
/**
 * Later puts first; the same whatever the order in which the records came. A version is the time of its put in seconds, so one of a
 * time to come, which the parameter tells, is of a wrong clock, or made to stand before all others for ever: it stands behind them.
 */
const newestFirst = 'version > ?, version DESC, created_ms DESC, id DESC';
/** Clocks of two computers may differ by so much. */
const slackSeconds = 86_400;
const latestVersion = 2 ** 32 - 1;

/** The latest version that a put before this time has. */
export function latestVersionAt(nowMs: number): number {
  return Math.min(Math.floor(nowMs / 1000) + slackSeconds, latestVersion - 1);
}

/**
 * A new version as a record.
 * @throws {RangeError} when there are more than {@link longestTemplateBytes}
 */
export async function packTemplate(
  name: string,
  version: number,
  createdMs: number,
  bytes: Uint8Array,
): Promise<TemplateRecord> {
  if (bytes.length > longestTemplateBytes) {
    throw new RangeError('A template is too long');
  }
  return {
    type: 'template',
    id: randomBytes(16).toString('hex'),
    name,
    version,
    createdMs,
    sha256: sha256(bytes),
    deflated: await deflate(bytes),
  };
}

/**
 * What {@link packTemplate} was given.
 * @throws {VaultError} `damaged` when it is not what its hash says
 */
export function unpackTemplate(deflated: Uint8Array, expectedSha256: Uint8Array): Uint8Array {
  let bytes: Uint8Array;
  try {
    bytes = Uint8Array.from(inflateRawSync(deflated, { maxOutputLength: longestTemplateBytes }));
  } catch (cause) {
    throw new VaultError('damaged', 'A template cannot be unpacked', { cause });
  }
  const actual = sha256(bytes);
  if (expectedSha256.length !== actual.length || !timingSafeEqual(actual, expectedSha256)) {
    throw new VaultError('damaged', 'A template does not match its hash');
  }
  return bytes;
}

/** Every version of every template, by name, the newest of each first. */
export function listTemplates(database: Database, nowMs = Infinity): TemplateInfo[] {
  return database
    .rows(`SELECT id, name, version, created_ms FROM templates ORDER BY name, ${newestFirst}`, [
      latestVersionAt(nowMs),
    ])
    .map((row) => ({
      id: idText(row.blob(0)),
      name: row.text(1),
      version: row.number(2),
      createdMs: row.number(3),
    }));
}

/**
 * The newest version of a name that is what its hash says, or the version asked for; `undefined` when there is none.
 * @throws {VaultError} `damaged` when there are some, and none is what its hash says
 */
export function getTemplate(
  database: Database,
  name: string,
  { version, nowMs = Infinity }: { readonly version?: number; readonly nowMs?: number } = {},
): Template | undefined {
  const columns =
    'SELECT name, version, created_ms, sha256, deflated FROM templates WHERE name = ?';
  const only = version === undefined ? '' : 'AND version = ?';
  let failure: VaultError | undefined;
  for (let index = 0; ; index++) {
    const row = database.row(`${columns} ${only} ORDER BY ${newestFirst} LIMIT 1 OFFSET ?`, [
      name,
      ...(version === undefined ? [] : [version]),
      latestVersionAt(nowMs),
      index,
    ]);
    if (row === undefined) {
      break;
    }
    try {
      return templateOf(row);
    } catch (error) {
      if (!VaultError.is(error)) {
        throw error;
      }
      failure ??= error;
    }
  }
  if (failure !== undefined) {
    throw failure;
  }
  return undefined;
}

/** Which versions a pruning that keeps so many of each name takes away. */
export function surplusTemplates(
  templates: readonly TemplateInfo[],
  keep: number,
): readonly TemplateInfo[] {
  const seen = new Map<string, number>();
  return templates.filter(({ name }) => {
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return count > keep;
  });
}

/** Whether one of these versions is in the database. */
export function holdsTemplate(database: Database, ids: ReadonlySet<RecordId>): boolean {
  return [...ids].some(
    (id) => database.row('SELECT 1 FROM templates WHERE id = ?', [idBytes(id)]) !== undefined,
  );
}

function templateOf(row: Row): Template {
  return {
    name: row.text(0),
    version: row.number(1),
    createdMs: row.number(2),
    bytes: unpackTemplate(row.blob(4), row.blob(3)),
  };
}

function sha256(bytes: Uint8Array): Uint8Array {
  return Uint8Array.from(createHash('sha256').update(bytes).digest());
}
