import { historyRules } from './flow/history/historyRules.ts';
import { runVaultThread } from './vault/keeper/keeperThread.ts';

/** The vault's own thread, `dist/keeper.js`, as it is put together: what keeps the record, and what scores it. */
runVaultThread(historyRules);
