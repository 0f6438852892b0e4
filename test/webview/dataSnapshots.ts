import type { DataReading } from '../../src/readings/dataReading.ts';
import { atMs } from './snapshots.ts';

const hourMs = 3_600_000;

/** What the dashboard may be told of backups. */
export const wellBackedUp: DataReading = {
  backup: {
    folderName: 'On the stick',
    isDaily: true,
    lastMs: atMs - 15 * hourMs,
    verifiedMs: atMs - 15 * hourMs + 900,
    failing: null,
  },
  syncFolderName: 'Shared',
  asksForKitCheck: false,
};

export const failingBackups: DataReading = {
  backup: {
    folderName: 'On the stick',
    isDaily: true,
    lastMs: null,
    verifiedMs: null,
    failing: { sinceMs: atMs - 100 * hourMs, why: 'The drive is missing.' },
  },
  syncFolderName: null,
  asksForKitCheck: false,
};
