/** What a recovery kit says, in the languages of the extension. It stands in a file, far from any editor, so it is kept here. */
export const kitLanguages = ['en', 'de'] as const;
export type KitLanguage = (typeof kitLanguages)[number];

export interface KitWords {
  readonly title: string;
  /** Whoever has it can read everything; where to keep it. */
  readonly warning: readonly string[];
  readonly key: string;
  /** Above several keys; the first is the present one. */
  readonly keys: string;
  readonly made: string;
  readonly opens: string;
  readonly opensWhat: readonly string[];
  readonly withMillrace: string;
  readonly withMillraceSteps: readonly string[];
  readonly withTools: string;
  /** What to do before the commands, for the text and for a page of paper. */
  readonly withToolsText: readonly string[];
  readonly withToolsPage: readonly string[];
  readonly outdated: string;
}

/** With the names that the kit gives to the two files; for two tools that are not ours. */
export const kitCommands = [
  'age -d -i recovery-kit.txt BACKUP.age > millrace.db',
  'sqlite3 millrace.db ".tables"',
  'sqlite3 millrace.db "SELECT * FROM minutes LIMIT 10;"',
] as const;

export const kitWords: Readonly<Record<KitLanguage, KitWords>> = {
  en: {
    title: 'Millrace recovery kit',
    warning: [
      'Whoever has this can read everything in the vault below. Keep it where your other keys are:',
      'in a password manager, on paper, on a stick in a drawer. Not beside the vault.',
    ],
    key: 'The key',
    keys: 'The keys; the first is the present one',
    made: 'Made on',
    opens: 'What it opens',
    opensWhat: [
      'The vault on this computer when it is locked, every backup of it (millrace-….age), and',
      'each file in its folder "snapshots".',
    ],
    withMillrace: 'With Millrace',
    withMillraceSteps: [
      'The vault is locked: run "Millrace: Unlock Vault", choose "Recovery kit", then this file.',
      'A new computer: run "Millrace: Restore from Backup", choose the backup, then this file.',
    ],
    withTools: 'Without Millrace, with age (age-encryption.org) and sqlite3 (sqlite.org)',
    withToolsText: [
      'Put this file, called recovery-kit.txt, and a backup, called BACKUP.age, into one folder.',
      'In that folder run:',
    ],
    withToolsPage: [
      'Write each key, on a line of its own, into a file called recovery-kit.txt. Put it and a backup, called BACKUP.age, into one folder. In that folder run:',
    ],
    outdated: 'After a rotation of keys this is out of date: save a new one.',
  },
  de: {
    title: 'Millrace-Notfallkit',
    warning: [
      'Wer das hat, kann alles im Tresor unten lesen. Es gehört zu den anderen Schlüsseln: in den',
      'Passwortmanager, auf Papier, auf einen Stick in der Schublade. Nicht neben den Tresor.',
    ],
    key: 'Der Schlüssel',
    keys: 'Die Schlüssel; der erste ist der jetzige',
    made: 'Erstellt am',
    opens: 'Was es öffnet',
    opensWhat: [
      'Den Tresor auf diesem Computer, wenn er gesperrt ist, jede Sicherung davon (millrace-….age)',
      'und jede Datei in seinem Ordner „snapshots“.',
    ],
    withMillrace: 'Mit Millrace',
    withMillraceSteps: [
      'Ist der Tresor gesperrt: „Millrace: Tresor entsperren“, „Notfallkit“, dann diese Datei.',
      'Auf einem neuen Computer: „Aus Sicherung wiederherstellen“, die Sicherung, dann diese Datei.',
    ],
    withTools: 'Ohne Millrace, mit age (age-encryption.org) und sqlite3 (sqlite.org)',
    withToolsText: [
      'Diese Datei unter dem Namen recovery-kit.txt und eine Sicherung unter dem Namen BACKUP.age',
      'in einen Ordner legen. In dem Ordner ausführen:',
    ],
    withToolsPage: [
      'Jeden Schlüssel in eine eigene Zeile einer Datei recovery-kit.txt schreiben. Sie und eine Sicherung unter dem Namen BACKUP.age in einen Ordner legen. In dem Ordner ausführen:',
    ],
    outdated: 'Nach einem Wechsel des Schlüssels gilt es nicht mehr: dann ein neues speichern.',
  },
};
