import type { VaultFile } from '../protectors/vaultFile.ts';
import { VaultError } from '../vaultError.ts';
import { VaultPins } from './vaultPins.ts';
