import { workerBundle } from './workerBundle.ts';

/** The transfer's bundle. */
export const transferBundle = (): Promise<string> => workerBundle('transfer');
