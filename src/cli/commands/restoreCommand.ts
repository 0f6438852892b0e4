import * as l10n from '@vscode/l10n';
import { text } from 'node:stream/consumers';
import { visibleText } from '../../base/visibleText.ts';
import { readKitFile } from '../../vault/keys/recoveryKitReader.ts';
import type { ManifestDoubt, RestoreKey } from '../../transfer/messages/backupMessages.ts';
import type { MissingPart } from '../../transfer/messages/syncMessages.ts';
import { findBackup } from '../../transfer/backup/backupSource.ts';
import { protectorForRestore, restoredVaultId } from '../../transfer/restore/restoredVaultFile.ts';
import type { JobPlace } from '../../transfer/transferJob.ts';
import { asTransferError } from '../../transfer/transferError.ts';
import { runTransfer } from '../../transfer/transferJobs.ts';
import { defineCommand, exitCodes, type CommandIo } from '../command.ts';
import { missingWords } from '../missingWords.ts';
import { flag, required, somePath, type OptionsOf } from '../options.ts';
import { countedRows } from '../rowWords.ts';
import {
  identityOption,
  keyFileOf,
  reportTransferError,
  transferCommandPlace,
  withTransferPlace,
  type TransferCommandPlace,
} from '../transferPlace.ts';

const options = {
  from: required('FILE', somePath),
  storage: required('DIR', somePath),
  identity: identityOption,
  passphraseStdin: flag(),
  merge: flag(),
  unsigned: flag(),
};
type Options = OptionsOf<typeof options>;

/** `millrace restore`: a vault from a backup. */
export const restoreCommand = defineCommand({
  name: 'restore',
  summary:
    'Make a new vault of a backup beside the one in DIR and switch to it, or merge it into the one in DIR. FILE is an age file or the folder of a vault.',
  usage: '--from FILE --storage DIR [--identity FILE | --passphrase-stdin] [--merge [--unsigned]]',
  options,
  place: transferCommandPlace,
  run: (given, io, place) =>
    (given.identity !== undefined && given.passphraseStdin) || (given.unsigned && !given.merge)
      ? undefined
      : bringBack(given, io, place),
});

async function bringBack(
  options: Options,
  io: CommandIo,
  command: TransferCommandPlace,
): Promise<number> {
  try {
    const key = await keyOf(options, io);
    const place = { ...command, storage: options.storage, kit: undefined, io };
    const missing = await (options.merge
      ? withTransferPlace(place, (vault) => merge(options, key, vault, io))
      : withTransferPlace({ ...place, allowsNone: true }, (vault, storage) =>
          restore({ from: options.from, key, storage }, vault, io),
        ));
    io.output.write(missingWords(missing));
    return missing.length === 0 ? exitCodes.done : exitCodes.failed;
  } catch (error) {
    const code = reportTransferError('restore', error, io);
    if (options.merge && !options.unsigned && asTransferError(error).reason === 'untrusted') {
      const words = l10n.t(
        'Nothing was merged. If you know where it comes from, "--unsigned" takes it all the same; without "--merge" it becomes a vault of its own to look into',
      );
      io.errors.write(`millrace restore: ${words}\n`);
    }
    return code;
  }
}

async function merge(
  { from, unsigned: takesUnsigned }: Options,
  key: RestoreKey,
  place: JobPlace,
  io: CommandIo,
): Promise<readonly MissingPart[]> {
  const params = { from, key, takesUnsigned };
  const { added, missing, doubt } = await runTransfer('mergeBackup', params, place);
  const news = Object.entries(added).filter(([, count]) => count > 0);
  const words = news.map(countedRows).join(', ');
  io.output.write(`${news.length === 0 ? l10n.t('nothing new') : l10n.t('added {0}', words)}\n`);
  tellDoubt(doubt, io);
  return missing;
}

/** What nobody vouches for, where that is so: the backup itself is whole. */
function tellDoubt(doubt: ManifestDoubt | undefined, io: CommandIo): void {
  if (doubt !== undefined) {
    io.errors.write(`millrace restore: ${doubtWords(doubt)}\n`);
  }
}

function doubtWords(doubt: ManifestDoubt): string {
  switch (doubt) {
    case 'damaged':
      return l10n.t(
        'The manifest beside the backup is damaged. Every part of the backup is whole; it could not be compared with what was once counted',
      );
    case 'laterVersion':
      return l10n.t(
        'A later Millrace wrote the manifest beside the backup. Every part of the backup is whole; it could not be compared with what was once counted',
      );
    case 'contradicts':
      return l10n.t(
        'The manifest beside the backup tells of another file. Every part of the backup is whole; it could not be compared with what was once counted',
      );
    case 'unsignedManifest':
      return l10n.t(
        'You signed the backup, and not the manifest beside it: somebody may have changed that. Every part of the backup is whole; it could not be compared with what was once counted',
      );
    case 'unsigned':
      return l10n.t(
        'Nothing says who made this backup: it is not signed. It is from before Millrace signed backups, or somebody else made it. Look whether it holds what you expect',
      );
    case 'retired':
      return l10n.t(
        'The backup is signed with a key that the vault has replaced: it is from before that, or whoever has the old key made it. Look whether it holds what you expect',
      );
  }
}

async function restore(
  {
    from,
    key,
    storage,
  }: { readonly from: string; readonly key: RestoreKey; readonly storage: string },
  place: JobPlace,
  io: CommandIo,
): Promise<readonly MissingPart[]> {
  const source = await findBackup(from);
  const vault = restoredVaultId(source, key);
  const protector = await protectorForRestore([keyFileOf(storage)], vault, place.log);
  const restored = await runTransfer(
    'restoreAsNew',
    { from, key, storage, protector, vault },
    place,
  );
  io.output.write(
    `${l10n.t('restored into {0}, which is the current vault now', visibleText(restored.folder))}\n`,
  );
  tellDoubt(restored.doubt, io);
  return restored.missing;
}

async function keyOf({ identity, passphraseStdin }: Options, io: CommandIo): Promise<RestoreKey> {
  if (identity !== undefined) {
    return { kind: 'recoveryKey', text: await readKitFile(identity) };
  }
  if (passphraseStdin) {
    const [line = ''] = (await text(io.input)).split(/\r?\n/);
    return { kind: 'passphrase', text: line };
  }
  return { kind: 'present' };
}
