import path from 'node:path';
import * as v from 'valibot';
import { placeOf } from '../../files/place.ts';
import { VaultError } from '../vaultError.ts';
import { successionsOfOne } from './mixedLocation.ts';
import type { EarlierVault, Succession } from './successions.ts';

/**
 * Which vaults are current, after one was restored in the place of another: `vault-location.json` in the storage folder,
 * replaced as a whole. Where there is none, each vault is where it always was.
 */
export const locationFileName = 'vault-location.json';

/** What the file says. */
export interface LocationList {
  /** One more with each change; 0 without a file, and in one of version 1. */
  readonly generation: number;
  /** The one that was changed last first. */
  readonly successions: readonly Succession[];
}

const format = 'millrace-vault-location';
const folder = v.pipe(v.string(), v.minLength(1), v.maxLength(32_768));
const moment = v.pipe(v.number(), v.safeInteger());
const vault = v.exactOptional(v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/)));
const left = { folder, untilMs: moment, removedMs: v.exactOptional(moment) };

/** Folders are relative to the storage folder where they are in it, with `/`; absolute otherwise. */
const firstSchema = v.strictObject({
  format: v.literal(format),
  version: v.literal(1),
  folder,
  sinceMs: moment,
  earlier: v.array(v.strictObject(left)),
});

const listSchema = v.strictObject({
  format: v.literal(format),
  version: v.literal(2),
  generation: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  successions: v.array(
    v.strictObject({
      folder,
      vault,
      sinceMs: moment,
      earlier: v.array(v.strictObject({ ...left, vault })),
    }),
  ),
});

/**
 * @param restored every folder of a restored vault, asked for where a list of version 1 does not tell enough
 * @throws {VaultError} `unknownVersion`, `damaged`: then nobody knows which vault is the current one, and none may be made
 */
export function parseLocation(
  bytes: Uint8Array,
  storage: string,
  restored: () => readonly string[],
): LocationList {
  const value = parseJson(bytes);
  if (v.is(v.looseObject({ version: v.pipe(v.number(), v.minValue(3)) }), value)) {
    throw new VaultError(
      'unknownVersion',
      'A later Millrace wrote vault-location.json, which says where the vault is',
    );
  }
  const first = v.safeParse(firstSchema, value);
  if (first.success) {
    const { folder: current, sinceMs, earlier } = first.output;
    const location = {
      folder: path.resolve(storage, current),
      sinceMs,
      earlier: earlier.map((each) => ({ ...each, folder: path.resolve(storage, each.folder) })),
    };
    return { generation: 0, successions: successionsOfOne(location, storage, restored) };
  }
  const list = v.safeParse(listSchema, value);
  if (!list.success) {
    throw damaged(list.issues[0].message);
  }
  const { generation, successions } = list.output;
  return {
    generation,
    successions: successions.map((each) => {
      const ids = new Map<string, string>();
      const folderOf = (entry: { readonly folder: string; readonly vault?: string }): string => {
        const absolute = path.resolve(storage, entry.folder);
        if (entry.vault !== undefined) {
          ids.set(absolute, entry.vault);
        }
        return absolute;
      };
      return {
        folder: folderOf(each),
        sinceMs: each.sinceMs,
        earlier: each.earlier.map((entry): EarlierVault => {
          const { untilMs, removedMs } = entry;
          const wasRemoved = removedMs === undefined ? {} : { removedMs };
          return { folder: folderOf(entry), untilMs, ...wasRemoved };
        }),
        ids,
      };
    }),
  };
}

/** The file's bytes. */
export function formatLocation(
  storage: string,
  { generation, successions }: LocationList,
): Uint8Array {
  const file: v.InferOutput<typeof listSchema> = {
    format,
    version: 2,
    generation,
    successions: successions.map(({ folder: current, sinceMs, earlier, ids }) => ({
      ...entryOf(storage, current, ids),
      sinceMs,
      earlier: earlier.map(({ folder: place, ...times }) => ({
        ...entryOf(storage, place, ids),
        ...times,
      })),
    })),
  };
  return new TextEncoder().encode(`${JSON.stringify(file, undefined, 2)}\n`);
}

function entryOf(
  storage: string,
  place: string,
  ids: ReadonlyMap<string, string>,
): { folder: string; vault?: string } {
  const id = ids.get(place);
  return { folder: withinStorage(storage, place), ...(id === undefined ? {} : { vault: id }) };
}

/** A storage folder that moves as a whole stays itself. */
function withinStorage(storage: string, target: string): string {
  const [own, place] = [placeOf(storage).path, placeOf(target).path];
  const relative = path.relative(own, place);
  const isBelow =
    relative !== '' && !/^\.\.(?:[/\\]|$)/.test(relative) && !path.isAbsolute(relative);
  return isBelow ? relative.replaceAll(path.sep, '/') : place;
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as unknown;
  } catch (cause) {
    throw damaged(cause);
  }
}

function damaged(cause: unknown): VaultError {
  return new VaultError(
    'damaged',
    'vault-location.json, which says where the vault is, is empty or damaged. Put back a copy of it, or remove it: then the vault in the folder itself is opened, and restored ones stay in the folder "vaults" beside it',
    { cause },
  );
}
