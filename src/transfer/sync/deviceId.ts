import { randomBytes } from 'node:crypto';
import path from 'node:path';
import * as v from 'valibot';
import { createFile, makeFolder, readIfThere } from '../../files/durableFiles.ts';
import { TransferError } from '../transferError.ts';

/**
 * Which device this is: `device.json` in the storage folder, made once. It is random and says nothing about the machine. It
 * lies apart from what sync may forget, as a device with another id leaves its files behind.
 */
const deviceFileName = 'device.json';
const deviceSchema = v.strictObject({
  format: v.literal('millrace-device'),
  version: v.literal(1),
  device: v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/)),
});

/**
 * The id of this device, 32 hex digits; of several windows that ask first, all get the same.
 * @throws {TransferError} `damagedDevice` when the file is there and holds none: a new id in its place would leave the files of
 * this device in the sync folder to nobody, so a person has to say so
 */
export async function deviceId(storage: string): Promise<string> {
  const known = await knownDeviceId(storage);
  if (known !== undefined) {
    return known;
  }
  const file = path.join(storage, deviceFileName);
  const made: v.InferOutput<typeof deviceSchema> = {
    format: 'millrace-device',
    version: 1,
    device: newDeviceId(),
  };
  await makeFolder(storage);
  const bytes = new TextEncoder().encode(`${JSON.stringify(made)}\n`);
  return (await createFile(file, bytes)) ? made.device : deviceId(storage);
}

/** An id that no device has. */
export function newDeviceId(): string {
  return randomBytes(16).toString('hex');
}

/**
 * The id that this device has already; `undefined` while it has none.
 * @throws {TransferError} as {@link deviceId}
 */
export async function knownDeviceId(storage: string): Promise<string | undefined> {
  const bytes = await readIfThere(path.join(storage, deviceFileName));
  return bytes === undefined ? undefined : parse(bytes);
}

function parse(bytes: Uint8Array): string {
  try {
    return v.parse(deviceSchema, JSON.parse(new TextDecoder().decode(bytes))).device;
  } catch (cause) {
    throw new TransferError(
      'damagedDevice',
      'device.json, which says which device this is, is empty or damaged. Put back a copy of it, or remove it: then this device takes a new id, and its old folder in the sync folder stays until you remove it',
      { cause },
    );
  }
}
