import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';
import type { DashboardBoot } from '../../src/protocol/dashboard.ts';
import { dashboardPage, dashboardPolicy } from '../../src/protocol/dashboardPage.ts';
import { repositoryRoot } from '../support/repositoryRoot.ts';

const distFolder = path.join(repositoryRoot, 'dist');

/** A server on the loopback that hands out the built pages under the dashboard's own policy. */
export interface PageServer {
  readonly origin: string;
  /** Paths that were asked for so far. */
  readonly asked: readonly string[];
  /** What the next `/dashboard` finds in its boot block. */
  setBoot(boot: DashboardBoot): void;
  close(): Promise<void>;
}

/**
 * `/stage` is the page that tests put elements on; `/dashboard` the page as the host makes it, with a stand-in
 * for what VS Code adds. Everything else comes from the folder of built files.
 */
export async function startPageServer(): Promise<PageServer> {
  let boot: DashboardBoot = { state: null, strings: null };
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    asked.push(url.pathname);
    const nonce = randomBytes(16).toString('base64');
    const sendPage = (html: string): void => {
      response
        .writeHead(200, {
          'content-type': 'text/html; charset=utf-8',
          'content-security-policy': dashboardPolicy(nonce),
        })
        .end(html);
    };
    if (url.pathname === '/stage') {
      sendPage(stagePage(nonce));
    } else if (url.pathname === '/dashboard') {
      sendPage(
        withVscode(
          dashboardPage({
            nonce,
            scriptUri: '/webview.js',
            language: 'en',
            place: 'sideBar',
            boot,
          }),
          nonce,
        ),
      );
    } else {
      readFile(path.join(distFolder, path.normalize(url.pathname))).then(
        (content) => {
          response.writeHead(200, { 'content-type': 'text/javascript' }).end(content);
        },
        () => {
          response.writeHead(404).end();
        },
      );
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') {
    throw new Error('The server has no port');
  }
  return {
    origin: `http://127.0.0.1:${address.port}`,
    asked,
    setBoot: (next) => {
      boot = next;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

function stagePage(nonce: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Stage</title>
</head>
<body>
<script type="module" nonce="${nonce}" src="/test/webview/page.js"></script>
</body>
</html>`;
}

/** VS Code's part of a webview's page: the function to talk with the host, and a state that outlives the page. */
function withVscode(html: string, nonce: string): string {
  const script = `
    const posted = [];
    let calls = 0;
    window.vscodeStandIn = { posted };
    window.acquireVsCodeApi = () => {
      calls += 1;
      if (calls > 1) throw new Error('acquired twice');
      return {
        postMessage: (message) => posted.push(message),
        getState: () => JSON.parse(sessionStorage.getItem('state') ?? 'null') ?? undefined,
        setState: (state) => sessionStorage.setItem('state', JSON.stringify(state)),
      };
    };`;
  return html.replace('</head>', `<script nonce="${nonce}">${script}</script></head>`);
}
