import { wasmPath, workerBundle } from './workerBundle.ts';

export { wasmPath };

/** The keeper's bundle. */
export const keeperBundle = (): Promise<string> => workerBundle('keeper');
