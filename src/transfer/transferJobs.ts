import { backUp, verifyBackup } from './backup.ts';
import { checkRecoveryKit } from './checkRecoveryKit.ts';
import { erase, planErase } from './eraseJob.ts';
import { exportVault } from './exportJob.ts';
import { importFile, previewImport, undoImport } from './importJob.ts';
import { leaveSync } from './leaveSync.ts';
import { listBackups } from './listBackups.ts';
import { mergeBackup } from './mergeBackup.ts';
import { mergeSince } from './mergeSince.ts';
import { pruneBackups } from './pruneBackups.ts';
import { restoreAsNew } from './restoreAsNew.ts';
import { sync } from './sync.ts';
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
 * Does a job in this thread: the worker's, or the command line's.
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
