import * as fc from 'fast-check';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  earlyReasons,
  pauseCauses,
  sessionEnders,
  sessionKinds,
} from '../../src/facts/focusSession.ts';
import { flowStates } from '../../src/facts/flow.ts';
import type { MinuteSample } from '../../src/facts/minuteSample.ts';
import type { Keyring } from '../../src/vault/age/identity.ts';
import type { Protector } from '../../src/vault/protectors/protector.ts';
import { activities, auditActions, origins, type VaultRecord } from '../../src/vault/record.ts';
import type { RecordOf, RecordType } from '../../src/vault/kinds/recordKind.ts';
import { readSegment } from '../../src/vault/segments/segmentReader.ts';
import type { SegmentContents } from '../../src/vault/segments/segmentContents.ts';
import { openWithProtectors } from '../../src/vault/keys/vaultKeys.ts';
import { readVaultFile } from '../../src/vault/keys/vaultStore.ts';
import { trusting } from './trusting.ts';

/** A folder for one test, and what removes it. */
export async function temporaryFolder(): Promise<{ folder: string; remove: () => Promise<void> }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'millrace-vault-'));
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** A protector that keeps its keys in a map, as SecretStorage does. */
export function memoryProtector(
  keys = new Map<string, Uint8Array>(),
): Protector & { readonly keys: Map<string, Uint8Array> } {
  return {
    kind: 'secretStorage',
    keys,
    load(vaultId) {
      const key = keys.get(vaultId);
      return Promise.resolve(key && Uint8Array.from(key));
    },
    store(vaultId, key) {
      keys.set(vaultId, Uint8Array.from(key));
      return Promise.resolve();
    },
    remove(vaultId) {
      keys.delete(vaultId);
      return Promise.resolve();
    },
  };
}

/** As `fc.record`, with the prototype that object literals have. */
const plain = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> =>
  fc.record(model, { noNullPrototype: true });

const hexId = fc.uint8Array({ minLength: 16, maxLength: 16 }).map(hex);
const wallMs = fc.integer({ min: 0, max: 2 ** 45 });
const zone = fc.integer({ min: -14 * 60, max: 14 * 60 });

const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(value, { nil: undefined });

function perhaps(value: fc.Arbitrary<number>): fc.Arbitrary<number | undefined> {
  return fc.option(value, { nil: undefined });
}

/** Samples within the ranges that are stored exactly, so that a round trip gives them back. */
export const anySample: fc.Arbitrary<MinuteSample> = plain({
  minute: fc.nat(2 ** 32 - 1),
  state: fc.constantFrom(...flowStates),
  score: fc.option(fc.nat(100), { nil: undefined }),
  confidence: fc.nat(15).map((step) => step / 15),
  seconds: fc.nat(60),
  insertedChars: fc.nat(0xffff),
  deletes: fc.nat(255),
  blockChars: fc.nat(20),
  undos: fc.nat(15),
  navigations: fc.nat(255),
  blurs: fc.nat(15),
  raw: fc.option(
    plain({
      // Of each there may be too little to tell. No rhythm is so even that it would be 0.
      rhythm: perhaps(fc.integer({ min: 1, max: 254 }).map((step) => step * 0.02)),
      focus: perhaps(fc.nat(254).map((step) => step / 254)),
      consistency: perhaps(fc.nat(254).map((step) => step / 254)),
      error: perhaps(fc.nat(254).map((step) => step / 254)),
      velocity: perhaps(fc.nat(254).map((step) => step / 32)),
    }),
    { nil: undefined },
  ),
});

/** Records of each kind; a new kind brings its own. */
export const anyRecordOf: { readonly [T in RecordType]: fc.Arbitrary<RecordOf<T>> } = {
  session: plain({
    type: fc.constant('session' as const),
    id: hexId,
    startMs: wallMs,
    endMs: wallMs,
    zoneOffsetMinutes: zone,
    origin: fc.constantFrom(...origins),
  }),
  minute: plain({
    type: fc.constant('minute' as const),
    session: hexId,
    zoneOffsetMinutes: zone,
    origin: fc.constantFrom(...origins),
    sample: anySample,
  }),
  tombstone: plain({ type: fc.constant('tombstone' as const), id: hexId, deletedMs: wallMs }),
  template: plain({
    type: fc.constant('template' as const),
    id: hexId,
    name: fc.stringMatching(/^[a-z0-9.-]{1,64}$/),
    version: fc.nat(2 ** 32 - 1),
    createdMs: wallMs,
    sha256: fc.uint8Array({ minLength: 32, maxLength: 32 }),
    deflated: fc.uint8Array({ maxLength: 500 }),
  }),
  feedback: plain({
    type: fc.constant('feedback' as const),
    id: hexId,
    atMs: wallMs,
    zoneOffsetMinutes: zone,
    rating: fc.integer({ min: 1, max: 7 }),
    activity: fc.constantFrom(...activities),
    interrupted: fc.boolean(),
    features: fc.option(
      fc
        .array(fc.integer({ min: -120, max: 120 }), { minLength: 5, maxLength: 5 })
        .map((fortieths) => Float32Array.from(fortieths, (value) => value / 40)),
      { nil: undefined },
    ),
    origin: fc.constantFrom(...origins),
  }),
  focusSession: plain({
    type: fc.constant('focusSession' as const),
    id: hexId,
    kind: fc.constantFrom(...sessionKinds),
    startMs: wallMs,
    zoneOffsetMinutes: zone,
    plannedMs: fc.nat(2 ** 31),
    extensions: fc.array(plain({ atMs: wallMs, byMs: fc.nat(2 ** 31) }), { maxLength: 5 }),
    pauses: fc.array(
      plain({ startMs: wallMs, endMs: maybe(wallMs), cause: fc.constantFrom(...pauseCauses) }),
      { maxLength: 5 },
    ),
    shifts: fc.array(plain({ atMs: wallMs, byMs: fc.integer({ min: -(2 ** 40), max: -1 }) }), {
      maxLength: 3,
    }),
    askedMs: maybe(wallMs),
    end: maybe(
      plain({
        atMs: wallMs,
        by: fc.constantFrom(...sessionEnders),
        reason: maybe(fc.constantFrom(...earlyReasons)),
      }),
    ),
    counts: fc.dictionary(
      fc.stringMatching(/^[0-9a-f]{8,32}$/),
      plain({
        seconds: fc.nat(2 ** 31),
        focusedSeconds: fc.nat(),
        inFlowSeconds: fc.nat(),
        unknownSeconds: fc.nat(),
        interruptions: fc.nat(9),
        blockedTries: fc.nat(9),
      }),
      { maxKeys: 4, noNullPrototype: true },
    ),
    origin: fc.constantFrom(...origins),
  }),
  audit: plain({
    type: fc.constant('audit' as const),
    id: hexId,
    atMs: wallMs,
    zoneOffsetMinutes: zone,
    action: fc.constantFrom(...auditActions),
  }),
};

export const anyRecord: fc.Arbitrary<VaultRecord> = fc.oneof(
  ...Object.values<fc.Arbitrary<VaultRecord>>(anyRecordOf),
);

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

/** Every record in the segments of a folder (and in its trash), and what was wrong with any of them. */
export async function readSegments(
  folder: string,
  keyring: Keyring,
): Promise<{ records: VaultRecord[]; readings: SegmentContents[] }> {
  const readings: SegmentContents[] = [];
  for (const name of ['segments', 'trash']) {
    for (const file of await readdir(path.join(folder, name)).catch(() => [])) {
      if (file.endsWith('.seg')) {
        readings.push(
          readSegment(await readFile(path.join(folder, name, file)), trusting(keyring)),
        );
      }
    }
  }
  return { readings, records: readings.flatMap(({ records }) => records) };
}

/** The vault's identities, opened as a window opens them. */
export async function openKeyring(
  folder: string,
  protectors: readonly Protector[],
): Promise<Keyring> {
  const file = await readVaultFile(folder);
  if (file === undefined) {
    throw new Error('There is no vault');
  }
  return (await openWithProtectors(file, protectors)).identities;
}
