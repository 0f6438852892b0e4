import path from 'node:path';
import type { Disposable } from '../../base/disposable.ts';
import type { Keyring } from '../age/identity.ts';
import type { ReadTrust } from '../trust/readTrust.ts';
import type { VaultRecord } from '../record.ts';
import { SegmentFollower } from './segmentFollower.ts';
import type { Coverage } from '../database/snapshot.ts';
import { segmentsFolderOf } from '../folder/vaultFolder.ts';
import type { ListedSegment } from '../folder/vaultListing.ts';

/** The segments of a vault, each read as far as it goes, and how far snapshots hold them already. */
export class FollowedSegments implements Disposable {
  readonly #folder: string;
  readonly #keyring: Keyring;
  readonly #followers = new Map<string, SegmentFollower>();
  /** By file name: what the snapshots say of segments. */
  #covered = new Map<string, Coverage>();

  /** @param vaultFolder the vault's own */
  constructor(vaultFolder: string, keyring: Keyring) {
    this.#folder = segmentsFolderOf(vaultFolder);
    this.#keyring = keyring;
  }

  /** Takes what a snapshot holds of segments for read. */
  assumeCovered(coverage: Iterable<Coverage>): void {
    for (const entry of coverage) {
      if (entry.bytes > (this.#covered.get(entry.file)?.bytes ?? 0)) {
        this.#covered.set(entry.file, entry);
      }
    }
  }

  /**
   * The records that came since the last time. Segments that are not listed any more are forgotten.
   * @param trust only what it trusts is read
   * @throws a system error; `ENOENT` when one of them is gone.
   */
  async read(
    segments: readonly ListedSegment[],
    trust: ReadTrust,
  ): Promise<readonly VaultRecord[]> {
    const records: VaultRecord[] = [];
    for (const { file } of segments) {
      const follower = this.#followers.get(file) ?? this.#follow(file);
      records.push(...(await follower.read(trust)));
    }
    const files = new Set(segments.map(({ file }) => file));
    for (const [file, follower] of this.#followers) {
      if (!files.has(file)) {
        follower.dispose();
        this.#followers.delete(file);
      }
    }
    return records;
  }

  /** Up to where each segment was read; one not understood whole is left out. */
  coverage(): ReadonlyMap<string, Coverage> {
    const coverage = new Map<string, Coverage>();
    for (const [file, follower] of this.#followers) {
      if (!follower.isIncomplete && !follower.isStrange && follower.readBytes > 0) {
        coverage.set(file, { file, bytes: follower.readBytes, records: follower.records });
      }
    }
    return coverage;
  }

  /** Says that a snapshot holds all that was read. */
  noteCovered(): void {
    this.#covered = new Map(this.coverage());
  }

  /** Segments of which a part was not understood. */
  get incomplete(): number {
    return [...this.#followers.values()].filter((follower) => follower.isIncomplete).length;
  }

  /** Segments that somebody else made, as far as can be told. */
  get strange(): number {
    return [...this.#followers.values()].filter((follower) => follower.isStrange).length;
  }

  /** Records that no snapshot holds. Those of damaged segments stay there, and do not count. */
  get uncoveredRecords(): number {
    let records = 0;
    for (const [file, follower] of this.#followers) {
      if (!follower.isIncomplete) {
        records += Math.max(0, follower.records - (this.#covered.get(file)?.records ?? 0));
      }
    }
    return records;
  }

  /** True when everything that the segment held when it was last read is in the database. */
  hasAllOf(file: string): boolean {
    const follower = this.#followers.get(file);
    return follower !== undefined && !follower.isIncomplete && !follower.isStrange;
  }

  /** True when nothing will be appended to the segment, whether its writer lives or not. */
  async isClosed(file: string, trust: ReadTrust): Promise<boolean> {
    return (await this.#followers.get(file)?.isClosed(trust)) === true;
  }

  /** The size of a segment's file when it was last read. */
  sizeOf(file: string): number | undefined {
    return this.#followers.get(file)?.sizeBytes;
  }

  /** Forgets everything, the segments' keys too. */
  dispose(): void {
    for (const follower of this.#followers.values()) {
      follower.dispose();
    }
    this.#followers.clear();
    this.#covered.clear();
  }

  #follow(file: string): SegmentFollower {
    const follower = new SegmentFollower(path.join(this.#folder, file), this.#keyring);
    const covered = this.#covered.get(file);
    if (covered !== undefined) {
      follower.assumeRead(covered);
    }
    this.#followers.set(file, follower);
    return follower;
  }
}
