import { formatIdentity, parseIdentities, wipe, type Identity, type Keyring } from './identity.ts';
import { VaultError } from '../vaultError.ts';
import type { VaultFile } from './vaultFile.ts';

/**
 * The recovery kit: the vault's identities as an age key file, with what to do with it. It opens the vault
 * and every backup alone, for whoever has it; it is written only where the user says.
 */
export function formatRecoveryKit(file: VaultFile, keyring: Keyring): string {
  const lines = [
    '# Millrace recovery kit',
    '#',
    '# Whoever has this file can read everything in the vault below. Keep it where your other keys are:',
    '# in a password manager, on paper, on a stick in a drawer. Not beside the vault.',
    '#',
    '# To open a vault that is locked, unlock it in Millrace with this file.',
    '# Without Millrace, with two tools that are not ours:',
    '#   age -d -i THIS-FILE snapshots/SNAPSHOT.age > millrace.db',
    '#   sqlite3 millrace.db',
    '#',
    '# After a rotation of keys this file is out of date: save a new one.',
    '#',
    `# vault: ${file.vault}`,
  ];
  for (const identity of keyring) {
    lines.push(`# public key: ${identity.recipient}`, formatIdentity(identity));
  }
  return `${lines.join('\n')}\n`;
}

/**
 * The identities of a kit that belong to this vault, the current one first. The caller wipes them.
 * @throws {VaultError} `damagedKeyFile` when the text is no kit, `wrongIdentity` when it does not have the
 * vault's current identity: it is another vault's, or from before a rotation.
 */
export function identitiesFromKit(text: string, file: VaultFile): Identity[] {
  const known = new Set(
    file.identities.filter((entry) => entry.state !== 'destroyed').map((entry) => entry.recipient),
  );
  const all = parseIdentities(text);
  const current = all.find(({ recipient }) => recipient === file.recipient);
  const others = all.filter((identity) => identity !== current && known.has(identity.recipient));
  wipe(...all.filter((identity) => identity !== current && !others.includes(identity)));
  if (current === undefined) {
    wipe(...others);
    throw new VaultError('wrongIdentity', 'This recovery kit is not of this vault as it is now');
  }
  return [current, ...others];
}
