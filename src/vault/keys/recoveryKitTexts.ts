/** What a recovery kit says, in English; in other languages it is in the bundles of `l10n/`. */
export const kitTexts = {
  title: 'Millrace recovery kit',
  /** Whoever has it can read everything; where to keep it. */
  warning:
    'Whoever has this can read everything in the vault below. Keep it where your other keys are: in a password manager, on paper, on a stick in a drawer. Not beside the vault.',
  key: 'The key',
  /** Above several keys; the first is the present one. */
  keys: 'The keys; the first is the present one',
  made: 'Made on',
  opens: 'What it opens',
  opensWhat:
    'The vault on this computer when it is locked, every backup of it (millrace-….age), and each file in its folder "snapshots".',
  /** What is needed beside it: nothing. */
  alone:
    'It needs nothing else. Whatever in the folder of the vault is gone or damaged, vault.json too: with this alone each record that is whole can be read, and the vault be made whole again.',
  withMillrace: 'With Millrace',
  unlock:
    'The vault is locked: run "Millrace: Unlock Vault", choose "Recovery kit", then this file.',
  restore:
    'A new computer: run "Millrace: Restore from Backup", choose the backup, then this file.',
  rebuild:
    'Its vault.json is gone or damaged: run "Millrace: Restore from Backup", choose the folder of the vault, then this file.',
  withTools: 'Without Millrace, with age (age-encryption.org) and sqlite3 (sqlite.org)',
  /** What to do before the commands. */
  withToolsText:
    'Put this file, called recovery-kit.txt, and a backup, called BACKUP.age, into one folder. In that folder run:',
  /** The same for a page of paper. */
  withToolsPage:
    'Write each key, on a line of its own, into a file called recovery-kit.txt. Put it and a backup, called BACKUP.age, into one folder. In that folder run:',
  /** Why the commands are as they are, and what they do not tell. */
  safe: 'Keep "-safe", which sqlite3 has since version 3.37: age opens whatever was sealed for this key, by anybody, and without it a forged database can run commands. Who made a backup its signature says; Millrace checks it.',
  outdated: 'After a rotation of keys this is out of date: save a new one.',
} as const;

/**
 * With the names that the kit gives to the two files; for two tools that are not ours. Whoever knows the public recipient can seal a
 * database of theirs: `-safe` keeps its views from running programs and from reading and writing files.
 */
export const kitCommands = [
  'age -d -i recovery-kit.txt BACKUP.age > millrace.db',
  'sqlite3 -safe millrace.db ".tables"',
  'sqlite3 -safe millrace.db "SELECT * FROM minutes LIMIT 10;"',
] as const;
