import * as vscode from 'vscode';
import { shownName } from '../../dialogs/shownName.ts';
import type { ManifestDoubt } from '../../../transfer/messages/backupMessages.ts';
import type { UnreadFile } from '../../../transfer/messages/syncMessages.ts';
import type { TransferFailure } from '../../../transfer/transferError.ts';

/** What a failed transfer means to the person, and what they can do about it. */
export function transferFailureSentence(reason: TransferFailure): string {
  switch (reason) {
    case 'unreachable':
      return vscode.l10n.t('The folder or file is not there now: a drive or share may be missing.');
    case 'full':
      return vscode.l10n.t('There is no space left there. Nothing half-written stays.');
    case 'denied':
      return vscode.l10n.t('The system does not let Millrace write or read there.');
    case 'damaged':
      return vscode.l10n.t('What is there is damaged: it is not what was once written.');
    case 'damagedDevice':
      return vscode.l10n.t(
        "device.json in Millrace's storage folder is empty or damaged. Put back a copy of it, or remove it: then this device takes a new id, and its old folder in the sync folder stays until you remove it.",
      );
    case 'wrongKey':
      return vscode.l10n.t('That key or passphrase does not open it.');
    case 'untrusted':
      return vscode.l10n.t(
        'Nothing says that you wrote what is there: it is not signed with your key.',
      );
    case 'cancelled':
      return vscode.l10n.t('Cancelled. Nothing half-written stays.');
    case 'laterVersion':
      return vscode.l10n.t('A later Millrace wrote it. Update Millrace to read it.');
    case 'locked':
      return vscode.l10n.t('The vault is locked. Unlock it first.');
    case 'notOurs':
      return vscode.l10n.t('That is no file or folder that Millrace can read.');
    case 'malformed':
      return vscode.l10n.t('The file is not written as its kind should be.');
    case 'costly':
      return vscode.l10n.t(
        'To try a passphrase there would take more memory or time than Millrace ever asks for, so nothing was tried: somebody changed the file that says how. The recovery kit opens it.',
      );
    case 'tooLarge':
      return vscode.l10n.t('The file is larger than can be read safely.');
    case 'unwritable':
      return vscode.l10n.t('It could not be written. Check the permissions and the free space.');
    case 'exists':
      return vscode.l10n.t('There is something of that name already. Choose another.');
    case 'insideVault':
      return vscode.l10n.t(
        'This folder lies in the vault itself and would go with it. Choose another, best on another drive.',
      );
    case 'linkedOutside':
      return vscode.l10n.t(
        'It is a link that leads out of its folder. Such a link is not followed.',
      );
    case 'busy':
      return vscode.l10n.t('Another window is at it. Try again in a moment.');
    case 'failed':
      return vscode.l10n.t('Millrace could not do that. The log says more.');
  }
}

/** What it means to the person that nobody vouches for a backup, or its manifest for nothing. */
export function manifestDoubtSentence(doubt: ManifestDoubt): string {
  switch (doubt) {
    case 'damaged':
      return vscode.l10n.t(
        'The manifest beside the backup is damaged, so the content can’t be compared with what was once counted. Every part of the backup is checked all the same.',
      );
    case 'laterVersion':
      return vscode.l10n.t(
        'A later Millrace wrote the manifest beside the backup, so the content can’t be compared with what was once counted. Every part of the backup is checked all the same.',
      );
    case 'contradicts':
      return vscode.l10n.t(
        'The manifest beside the backup tells of another file, so the content can’t be compared with what was once counted. Every part of the backup is checked all the same.',
      );
    case 'unsignedManifest':
      return vscode.l10n.t(
        'You signed the backup, and not the manifest beside it: somebody may have changed that, so the content can’t be compared with what was once counted. Every part of the backup is checked all the same.',
      );
    case 'unsigned':
      return vscode.l10n.t(
        'Nothing says who made this backup: it is not signed. It is from before Millrace signed backups, or somebody else made it. Go on only if you know where it comes from.',
      );
    case 'retired':
      return vscode.l10n.t(
        'The backup is signed with a key that the vault has replaced: it is from before that, or whoever has the old key made it. Go on only if you know where it comes from.',
      );
  }
}

/** The same in two or three words, beside a backup's name. */
export function manifestDoubtText(doubt: ManifestDoubt): string {
  switch (doubt) {
    case 'unsigned':
      return vscode.l10n.t('not signed, as all were once');
    case 'retired':
      return vscode.l10n.t('signed with a key that was replaced');
    case 'damaged':
    case 'laterVersion':
    case 'contradicts':
    case 'unsignedManifest':
      return vscode.l10n.t('the manifest beside it vouches for nothing');
  }
}

/** A moment as the person's language writes it. */
export function momentText(wallMs: number): string {
  return new Date(wallMs).toLocaleString(vscode.env.language, {
    dateStyle: 'medium',
    timeStyle: 'short',
  });
}

/** A size in KB or MB. */
export function sizeText(sizeBytes: number): string {
  const kilobytes = Math.ceil(sizeBytes / 1024);
  return kilobytes < 10_000
    ? vscode.l10n.t('{0} KB', kilobytes)
    : vscode.l10n.t('{0} MB', Math.round(kilobytes / 1024));
}

/** What rows of each table are, for a person. */
export function contentText(counts: Readonly<Record<string, number>>): string {
  return vscode.l10n.t(
    '{0} sessions, {1} focus sessions, {2} answers',
    counts['sessions'] ?? 0,
    counts['focus_sessions'] ?? 0,
    counts['feedback'] ?? 0,
  );
}

/** Names of what was not read in one message. */
const mostNamed = 5;

/** What was not read, by its names. */
export function unreadText(unread: readonly UnreadFile[]): string {
  return vscode.l10n.t('Not read: {0}.', namesText(unread.map(({ file }) => file)));
}

/** What a sync left out as nobody knows that a device of the vault made it, and what may be done about it. */
export function leftOutText(doubtful: readonly UnreadFile[]): string {
  return vscode.l10n.t(
    'Left out of the sync, as nothing says that one of your devices wrote it: {0}. A device with an earlier Millrace signs its files once it is updated; one whose key was replaced has to join again.',
    namesText(doubtful.map(({ file }) => file)),
  );
}

/** What somebody has put back in a sync folder. */
export function earlierText(files: readonly string[]): string {
  return vscode.l10n.t(
    'In the sync folder an earlier state was put back: {0}. Nothing is lost by it; it is over when that device syncs.',
    namesText(files),
  );
}

function namesText(files: readonly string[]): string {
  const all = [...new Set(files)];
  const named = all.slice(0, mostNamed).map(shownName);
  const more = all.length - named.length;
  return [...named, ...(more > 0 ? [vscode.l10n.t('and {0} more', more)] : [])].join(', ');
}
