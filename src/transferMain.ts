import { runTransferThread } from './transfer/transferThread.ts';

/** The thread for what leaves the vault and comes back, `dist/transfer.js`, as it is put together. */
runTransferThread();
