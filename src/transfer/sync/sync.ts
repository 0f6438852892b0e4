import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { placeOf } from '../../files/place.ts';
import { noSteps } from '../../files/stepHook.ts';
import { writeSnapshot } from '../../vault/database/snapshot.ts';
import { segmentsFolderOf, snapshotsFolderName } from '../../vault/folder/vaultFolder.ts';
import { listFiles, newSnapshotName } from '../../vault/folder/vaultListing.ts';
import type { Ledger } from '../../vault/ledger/ledger.ts';
import { demandOutsideFolder, presentVault } from '../copies/presentVault.ts';
import { deviceId } from './deviceId.ts';
import type { Synced, SyncParams } from '../messages/syncMessages.ts';
import { demandWithin, findSyncHomes } from './syncHomes.ts';
import { syncHomeName } from './syncNames.ts';
import {
  readSyncState,
  writeSyncState,
  type NewestMonths,
  type SyncState,
  type WrittenMonths,
} from './syncState.ts';
import { SyncSweep } from './syncSweep.ts';
import { writeMonths } from './syncWriting.ts';
import type { JobPlace } from '../transferJob.ts';

/** After so long everything is read again, merged before or not: it costs seconds, and forgives whatever went wrong. */
const wholeReadEveryMs = 30 * 24 * 3_600_000;

/**
 * One round of folder sync: reads what others wrote, keeps what is new in the vault, and only then writes what this device
 * knows. Each step is whole or not done, the next round begins where this one ended, and two rounds at once do no harm:
 * every file is a union's part, so it matters neither in which order files come nor how often.
 */
export async function sync(
  { folder, storage, accepts }: SyncParams,
  place: JobPlace,
): Promise<Synced> {
  const { clock, signal, step = noSteps } = place;
  const vault = await presentVault(place);
  await demandOutsideFolder(folder, place.folder);
  const device = await deviceId(storage);
  const homes = await findSyncHomes(folder, syncHomeName(vault.vault));
  const home = path.join(folder, syncHomeName(vault.vault));
  await demandWithin(folder, home, path.join(home, device));
  const before = await readSyncState(storage, vault.vault, folder);
  const listing = await listingOf(place.folder, vault.generation);
  const isSameVault = before?.listing === listing;
  const nowMs = Math.round(clock.wallMs());
  const isDue = before === undefined || Math.abs(nowMs - before.wholeReadMs) > wholeReadEveryMs;
  const trusted =
    before !== undefined && !isDue && (isSameVault || holds(await place.ledger(), before.anchor));

  const sweep = new SyncSweep({ homes, device, vault, before, trusts: trusted, accepts, place });
  const news = await sweep.run();
  signal.throwIfAborted();
  const head = news?.makeHead(place.sqlite);
  let anchor = before?.anchor ?? null;
  if (head !== undefined) {
    const name = newSnapshotName(clock.wallMs());
    step('sync: before the snapshot');
    await writeSnapshot(place.folder, name, place.keyring, head);
    step('sync: snapshot written');
    anchor = name;
  } else if (!isSameVault) {
    anchor = [...(await place.ledger()).readSnapshots].sort().at(-1) ?? null;
  }
  const { merged, refused, newest, report } = sweep.result();
  const lastNumber = Math.max(before?.number ?? 0, sweep.highestOwn);
  const state: SyncState = {
    version: 2,
    vault: vault.vault,
    folder: placeOf(folder).path,
    recipient: before?.recipient ?? '',
    listing: null,
    anchor,
    wholeReadMs: trusted ? before.wholeReadMs : nowMs,
    merged: [...merged],
    written: before?.written ?? {},
    refused: [...refused],
    newest,
    number: lastNumber,
  };
  const isSettled =
    trusted &&
    isSameVault &&
    head === undefined &&
    before.recipient === vault.recipient &&
    sweep.isOwnAsWritten;
  if (isSettled) {
    await writeSyncState(storage, { ...state, listing }, step);
    return { device, ...report, added: {}, written: 0, removed: 0 };
  }
  // Should the folder be full or vanish now, what was merged is merged.
  await writeSyncState(storage, state, step);
  step('sync: before writing');
  const number = Math.max(nowMs, lastNumber + 1);
  const {
    months: parts,
    made,
    removed,
    blocked,
  } = await writeMonths(
    {
      home,
      own: path.join(home, device),
      device,
      number,
      vault,
      present: sweep.ownMonths,
      before: state.written,
      recipientBefore: before?.recipient,
      copies: sweep.ownCopies,
    },
    place,
  );
  await writeSyncState(
    storage,
    {
      ...state,
      recipient: vault.recipient,
      // Where something lies in the way of a file it is tried again.
      listing: head === undefined && blocked.length === 0 ? listing : null,
      written: parts,
      number: made.length > 0 ? number : lastNumber,
      newest: { ...newest, ...newestOf(device, number, made, parts) },
    },
    step,
  );
  const inTheWay = blocked.map(
    (name) => ({ file: `${device}/${name}/`, reason: 'notAFile' }) as const,
  );
  return {
    ...{ device, ...report, unread: [...report.unread, ...inTheWay] },
    ...{ added: news?.added() ?? {}, written: made.length, removed },
  };
}

/** What this device has written now, as others will know it. */
function newestOf(
  device: string,
  number: number,
  made: readonly string[],
  months: WrittenMonths,
): NewestMonths {
  return Object.fromEntries(
    made.flatMap((month) => {
      const sha256 = months[month]?.sha256;
      return sha256 === undefined ? [] : [[`${device}/${month}`, { number, sha256 }]];
    }),
  );
}

/** Whether a vault has what was merged into it: not after it was restored from an older backup, or lost a part. */
function holds(ledger: Ledger, anchor: string | null): boolean {
  return anchor !== null && ledger.unreadableFiles === 0 && ledger.heldSnapshots.includes(anchor);
}

/** Names and sizes of everything that a vault is read from. A vault's files only grow, or come and go. */
async function listingOf(folder: string, generation: number): Promise<string> {
  // With the keys that lie beside this device's files.
  const hash = createHash('sha256').update(`${generation}\n`);
  for (const inner of [path.join(folder, snapshotsFolderName), segmentsFolderOf(folder)]) {
    for (const file of await listFiles(inner)) {
      const size = await stat(path.join(inner, file)).then(
        (found) => found.size,
        () => -1,
      );
      hash.update(`${file} ${size}\n`);
    }
  }
  return hash.digest('hex');
}
