import * as vscode from 'vscode';
import { shownName } from '../../dialogs/shownName.ts';
import { appNameRefusal } from '../../../focus/apps/appRefusal.ts';
import { isSharedHost } from '../../../focus/sites/publicSuffix.ts';
import { siteGroups, type SiteGroupId } from '../../../focus/sites/siteGroups.ts';
import {
  addSite,
  importSites,
  longestImportBytes,
  switchSite,
} from '../../../focus/sites/siteList.ts';
import { askText } from '../../dialogs/askText.ts';
import { confirm } from '../../dialogs/confirm.ts';
import { chooseFile } from '../../dialogs/chooseFile.ts';
import { hostsNeededHere } from './connectionFacts.ts';
import { siteListOf, switchesOf } from './focusChoice.ts';
import { writeSetting } from '../../settings/writeSetting.ts';
import type { FocusSettings } from '../../settings/settingTable.ts';
import { appRefusalSentence, refusalSentence } from '../focusSentences.ts';

/** The commands that add to the lists of sites and programs. */

/** Asks for a site or a program and puts it on its list. */
export async function addBlockEntry(settings: FocusSettings): Promise<void> {
  const site = { label: vscode.l10n.t('$(globe) A site'), isSite: true };
  const app = { label: vscode.l10n.t('$(window) An app'), isSite: false };
  const chosen = await vscode.window.showQuickPick([site, app], {
    title: vscode.l10n.t('Block in Focus Sessions'),
  });
  if (chosen !== undefined) {
    await (chosen.isSite ? addSiteEntry(settings) : addAppEntry(settings));
  }
}

async function addSiteEntry(settings: FocusSettings): Promise<void> {
  const list = siteListOf(settings.blockedSites);
  const needed = hostsNeededHere();
  const title = vscode.l10n.t('Site to Block');
  const prompt = vscode.l10n.t('A name or an address, such as example.com');
  const longer = await askText({ title, prompt }, (text) => {
    const adding = addSite(list, text, needed);
    return adding.ok ? { value: adding } : { objection: refusalSentence(adding.refusal) };
  });
  if (longer !== undefined && (!isSharedHost(longer.name) || (await isMeant(longer.name)))) {
    await writeSetting('blockedSites', switchesOf(longer.list));
  }
}

/** Asks once more for a name below which strangers have their sites. */
function isMeant(name: string): Promise<boolean> {
  return confirm({
    question: vscode.l10n.t('Block every site below {0}?', shownName(name)),
    detail: vscode.l10n.t(
      'Many people have their own sites there, also projects that you may need. A longer name blocks one of them alone.',
    ),
    yes: vscode.l10n.t('Block Them All'),
  });
}

async function addAppEntry(settings: FocusSettings): Promise<void> {
  const title = vscode.l10n.t('App to Block');
  const prompt = vscode.l10n.t('The name of its program file, without folder or .exe');
  const name = await askText({ title, prompt }, (text) => {
    const refusal = appNameRefusal(text);
    return refusal === undefined
      ? { value: text.trim() }
      : { objection: appRefusalSentence(refusal) };
  });
  if (name === undefined) {
    return;
  }
  const warn = { label: vscode.l10n.t('Only warn me'), closes: false };
  const close = { label: vscode.l10n.t('Warn me, then close it after 15 seconds'), closes: true };
  const chosen = await vscode.window.showQuickPick([warn, close], {
    title: vscode.l10n.t('When {0} Runs in a Focus Session', shownName(name)),
  });
  if (chosen === undefined) {
    return;
  }
  const others = settings.closedApps.filter((one) => one !== name);
  await writeSetting('blockedApps', { ...settings.blockedApps, [name]: true });
  await writeSetting('closedApps', chosen.closes ? [...others, name] : others);
}

/** Puts every site of a ready-made group on the list. */
export async function addSiteGroup(settings: FocusSettings): Promise<void> {
  const ids = Object.keys(siteGroups) as SiteGroupId[];
  const items = ids.map((id) => ({
    id,
    label: groupName(id),
    detail: siteGroups[id].join(', '),
  }));
  const chosen = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Sites to Block'),
    canPickMany: true,
  });
  if (chosen === undefined || chosen.length === 0) {
    return;
  }
  const needed = hostsNeededHere();
  const names = chosen.flatMap(({ id }) => siteGroups[id]);
  const list = names
    .filter((name) => addSite({ sites: [], groups: [] }, name, needed).ok)
    .reduce((sum, name) => switchSite(sum, name, true), siteListOf(settings.blockedSites));
  await writeSetting('blockedSites', switchesOf(list));
}

/** Reads a text file of sites into the list and says what was taken. */
export async function importSitesFromFile(settings: FocusSettings): Promise<void> {
  const file = await chooseFile({ title: vscode.l10n.t('A Text File of Sites, One a Line') });
  if (file === undefined) {
    return;
  }
  const { size } = await vscode.workspace.fs.stat(file);
  if (size > longestImportBytes) {
    void vscode.window.showErrorMessage(
      vscode.l10n.t('That file is too long for a list of sites. Nothing was imported.'),
    );
    return;
  }
  const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(file));
  const { list, added, refused } = importSites(
    siteListOf(settings.blockedSites),
    text,
    hostsNeededHere(),
  );
  if (added > 0) {
    await writeSetting('blockedSites', switchesOf(list));
  }
  const [first] = refused;
  void vscode.window.showInformationMessage(
    first === undefined
      ? vscode.l10n.t('Sites imported: {0}.', added)
      : vscode.l10n.t(
          'Sites imported: {0}. Left out: {1}, the first in line {2}: {3}',
          added,
          refused.length,
          first.line,
          refusalSentence(first.refusal),
        ),
  );
}

function groupName(id: SiteGroupId): string {
  switch (id) {
    case 'social':
      return vscode.l10n.t('Social networks');
    case 'video':
      return vscode.l10n.t('Video');
    case 'news':
      return vscode.l10n.t('News');
    case 'forums':
      return vscode.l10n.t('Forums');
    case 'chat':
      return vscode.l10n.t('Chat');
    case 'shopping':
      return vscode.l10n.t('Shopping');
    case 'games':
      return vscode.l10n.t('Games');
  }
}
