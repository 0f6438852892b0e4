import { userInfo } from 'node:os';
import * as vscode from 'vscode';
import type { FocusService } from '../../../focus/focusService.ts';
import { hostsHelperInstaller } from '../../../focus/hosts/hostsHelperScript.ts';
import { writeSetting } from '../../settings/writeSetting.ts';

/** The commands that set up the ways of blocking sites. */

/** Shows where the companion is and how a browser loads it. */
export async function getCompanion(extensionUri: vscode.Uri): Promise<void> {
  const folder = vscode.Uri.joinPath(extensionUri, 'dist', 'companion');
  const open = vscode.l10n.t('Open Folder');
  const copy = vscode.l10n.t('Copy Path');
  const chosen = await vscode.window.showInformationMessage(
    vscode.l10n.t('The Browser Companion'),
    {
      modal: true,
      detail: [
        vscode.l10n.t(
          'Chromium, Chrome, Edge: open chrome://extensions, turn on the developer mode, choose "Load unpacked" and this folder.',
        ),
        vscode.l10n.t(
          'Firefox: open about:debugging, "This Firefox", "Load Temporary Add-on", and choose manifest.json in this folder. Firefox forgets it when it ends.',
        ),
        vscode.l10n.t('Then run "Pair a Browser".'),
      ].join('\n\n'),
    },
    open,
    copy,
  );
  if (chosen === open) {
    await vscode.env.openExternal(folder);
  } else if (chosen === copy) {
    await vscode.env.clipboard.writeText(folder.fsPath);
  }
}

/**
 * Shows a one-time code for the companion; turns that way on where it is off.
 * @param ready resolves when the settings have taken effect
 */
export async function pairBrowser(
  service: FocusService,
  isOn: boolean,
  ready: () => Promise<void>,
): Promise<void> {
  const question = vscode.l10n.t('Blocking by the browser companion is off. Turn it on?');
  if (!isOn && !(await turnOnIfWanted('companionIsOn', question))) {
    return;
  }
  await ready();
  const server = service.companion?.server;
  if (server === undefined) {
    void vscode.window.showWarningMessage(
      vscode.l10n.t(
        'This window has no line to the browsers: another window has it, or the port is taken. Try again in another window.',
      ),
    );
    return;
  }
  const code = server.offerPairing();
  const copy = vscode.l10n.t('Copy Code');
  const chosen = await vscode.window.showInformationMessage(
    vscode.l10n.t(
      'Type this code into the window of the Millrace Companion in your browser, within two minutes: {0}',
      code,
    ),
    copy,
  );
  if (chosen === copy) {
    await vscode.env.clipboard.writeText(code);
  }
}

/** Puts the PAC file's address into the clipboard; turns that way on where it is off. */
export async function copyPacAddress(
  service: FocusService,
  isOn: boolean,
  ready: () => Promise<void>,
): Promise<void> {
  const question = vscode.l10n.t('Blocking by the loopback proxy is off. Turn it on?');
  if (!isOn && !(await turnOnIfWanted('proxyIsOn', question))) {
    return;
  }
  await ready();
  const address = service.proxy?.pacUrl;
  if (address === undefined) {
    void vscode.window.showWarningMessage(
      vscode.l10n.t('The proxy could not be started. The log says more.'),
    );
    return;
  }
  await vscode.env.clipboard.writeText(address);
  void vscode.window.showInformationMessage(
    vscode.l10n.t(
      'Copied. Paste it as the address for the automatic proxy configuration of your browser or desktop.',
    ),
  );
}

/** Turns a way of blocking on if the person wants that. @returns whether it is on now */
async function turnOnIfWanted(
  setting: 'companionIsOn' | 'proxyIsOn',
  question: string,
): Promise<boolean> {
  const turnOn = vscode.l10n.t('Turn On');
  if ((await vscode.window.showInformationMessage(question, turnOn)) !== turnOn) {
    return false;
  }
  await writeSetting(setting, true);
  return true;
}

/** Opens the installer of the hosts helper, to be read and run by the person. */
export async function showHostsHelper(): Promise<void> {
  if (process.platform === 'win32') {
    void vscode.window.showInformationMessage(
      vscode.l10n.t('There is no hosts helper for Windows. Use another way of blocking.'),
    );
    return;
  }
  const document = await vscode.workspace.openTextDocument({
    language: 'shellscript',
    content: hostsHelperInstaller(userInfo().username),
  });
  await vscode.window.showTextDocument(document);
  void vscode.window.showInformationMessage(
    vscode.l10n.t(
      'Read the script, save it, and run it once with: sudo sh FILE. Run with "uninstall", it takes everything away again.',
    ),
  );
}
