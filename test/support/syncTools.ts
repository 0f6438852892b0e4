/** A name that a tool made of one of ours. */
export interface ToolName {
  readonly tool: string;
  /** Of a file, with the ending, or of a folder. */
  readonly rename: (name: string) => string;
  /** Whether it is a tool's own while it works, with a leading dot. */
  readonly isHidden?: boolean;
  /** Whether a tool does that to files alone. */
  readonly ofFilesOnly?: boolean;
}

/** What stands between a name and its ending. */
function inside(addition: string): (name: string) => string {
  return (name) => {
    const [, stem = name, ending = ''] = /^(.+?)(\.[a-z]+)?$/.exec(name) ?? [];
    return `${stem}${addition}${ending}`;
  };
}

function behind(addition: string): (name: string) => string {
  return (name) => `${name}${addition}`;
}

/** How sync tools, file managers and loaders name what they make of a file or a folder, as their own documentation has it. */
export const toolNames: readonly ToolName[] = [
  { tool: 'Dropbox', rename: inside(' (conflicted copy 2026-11-01)') },
  { tool: 'Dropbox, by name', rename: inside(" (Anna's conflicted copy 2026-11-01)") },
  { tool: 'Dropbox, case', rename: inside(' (Case Conflict)') },
  { tool: 'OneDrive', rename: inside('-DESKTOP-4F2A1C') },
  { tool: 'OneDrive for Linux', rename: inside('-fedora-safeBackup-0001') },
  { tool: 'Google Drive', rename: inside(' (1)') },
  { tool: 'Google Drive, again', rename: inside(' (1) (1)') },
  { tool: 'Google Drive, copied', rename: (name) => `Copy of ${name}` },
  { tool: 'Google Drive, kopiert', rename: (name) => `Kopie von ${name}` },
  { tool: 'iCloud Drive', rename: inside(' 2') },
  { tool: 'Syncthing', rename: inside('.sync-conflict-20261101-101010-ABCDEFG') },
  { tool: 'Syncthing, at work', rename: (name) => `.syncthing.${name}.tmp`, isHidden: true },
  {
    tool: 'Syncthing, at work on Windows',
    rename: (name) => `~syncthing~${name}.tmp`,
    ofFilesOnly: true,
  },
  { tool: 'Nextcloud', rename: inside(' (conflicted copy 2026-11-01 141213)') },
  { tool: 'ownCloud', rename: inside('_conflict-20261101-141213') },
  { tool: 'ownCloud, at work', rename: (name) => `.${name}.~1a2b3c`, isHidden: true },
  { tool: 'rclone bisync, before 1.66', rename: behind('..path1') },
  { tool: 'rclone bisync', rename: behind('.conflict1') },
  { tool: 'rclone, at work', rename: behind('.1a2b3c4d.partial'), ofFilesOnly: true },
  { tool: 'rsync, at work', rename: (name) => `.${name}.Ab3xYz`, isHidden: true },
  {
    tool: 'Seafile',
    rename: behind(' (SFConflict anna@example.com 2026-11-01-10-10-10)'),
  },
  { tool: 'Synology Drive', rename: inside('_Anna-PC_Nov-01-1010-2026_CaseConflict_1') },
  { tool: 'Resilio', rename: inside('.Conflict') },
  { tool: 'Windows', rename: inside(' - Copy') },
  { tool: 'Windows, again', rename: inside(' - Copy (2)') },
  { tool: 'Windows, deutsch', rename: inside(' - Kopie') },
  { tool: 'macOS', rename: inside(' copy') },
  { tool: 'macOS, again', rename: inside(' copy 2') },
  { tool: 'a loader', rename: behind('.part'), ofFilesOnly: true },
  { tool: 'a browser', rename: behind('.crdownload'), ofFilesOnly: true },
  { tool: 'an editor', rename: behind('~'), ofFilesOnly: true },
  { tool: 'a system without lower case', rename: (name) => name.toUpperCase() },
];

/** How a tool names what stands for a file whose bytes are not here. */
export const placeholders: readonly ((name: string) => string)[] = [
  (name) => `.${name}.icloud`,
  (name) => `${name}.icloud`,
  (name) => `${name}.nextcloud`,
  (name) => `${name}.owncloud`,
  (name) => `${name}.cloud`,
];
