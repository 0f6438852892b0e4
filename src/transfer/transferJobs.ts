import { backUp, verifyBackup } from './backup/backup.ts';
import { checkRecoveryKit } from './backup/checkRecoveryKit.ts';
import { erase, planErase } from './erase/eraseJob.ts';
import { exportVault } from './export/exportJob.ts';
import { importFile, previewImport, undoImport } from './import/importJob.ts';
import { leaveSync } from './sync/leaveSync.ts';
import { listBackups } from './backup/listBackups.ts';
import { mergeBackup } from './restore/mergeBackup.ts';
import { mergeSince } from './restore/mergeSince.ts';
import { pruneBackups } from './backup/pruneBackups.ts';
import { restoreAsNew } from './restore/restoreAsNew.ts';
import { sync } from './sync/sync.ts';
import type { JobName, JobParams, JobResult } from './transferContract.ts';
import { asTransferError } from './transferError.ts';
import type { JobPlace, TransferJob } from './transferJob.ts';

/** What does each job. */
const transferJobs: {
  readonly [N in JobName]: TransferJob<JobParams<N>, JobResult<N>>;
} = {
  backUp,
  verifyBackup,
  pruneBackups,
  listBackups,
  restoreAsNew,
  mergeBackup,
  mergeSince,
  export: exportVault,
  previewImport,
  import: importFile,
  undoImport,
  planErase,
  erase,
  checkRecoveryKit,
  sync,
  leaveSync,
};

/**
 * Does a job in this thread: one of its own, or the command line's.
 * @throws {TransferError}
 */
export async function runTransfer<N extends JobName>(
  name: N,
  params: JobParams<N>,
  place: JobPlace,
): Promise<JobResult<N>> {
  try {
    return await transferJobs[name](params, place);
  } catch (error) {
    throw asTransferError(error);
  }
}
