import { hostname } from 'node:os';
import * as vscode from 'vscode';
import { neededHosts, proxiesOfEnvironment } from '../../../focus/sites/neededHosts.ts';

/** What the editor itself can't do without: its gallery, updates, settings sync, sign-in. */
const services = [
  'https://marketplace.visualstudio.com',
  'https://open-vsx.org',
  'https://update.code.visualstudio.com',
  'https://vscode-sync.trafficmanager.net',
  'https://login.microsoftonline.com',
];

/** The host names that this window's own connections need; no block may touch them. */
export function hostsNeededHere(): ReadonlySet<string> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  const proxy = vscode.workspace.getConfiguration('http').get<unknown>('proxy');
  return neededHosts({
    remoteAuthorities: [
      ...folders.map(({ uri }) => uri.authority),
      ...(vscode.workspace.workspaceFile === undefined
        ? []
        : [vscode.workspace.workspaceFile.authority]),
    ].filter((authority) => authority !== ''),
    proxies: [...(typeof proxy === 'string' ? [proxy] : []), ...proxiesOfEnvironment(process.env)],
    services: [...services, hostname()],
  });
}
