import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { repositoryRoot } from '../../support/repositoryRoot.ts';

interface LockedPackage {
  readonly version: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly devOptional?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
}

const readJson = (file: string): unknown =>
  JSON.parse(readFileSync(path.join(repositoryRoot, file), 'utf8'));

/** What esbuild says is in the bundles. */
const bundled = readJson('dist/packages.json') as readonly string[];
const { packages: locked } = readJson('package-lock.json') as {
  readonly packages: Readonly<Record<string, LockedPackage>>;
};
const { dependencies = {}, devDependencies = {} } = readJson('package.json') as {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
};

/** What `npm audit --omit=dev` looks at. */
const audited = new Set<string>();

function addWithNeeds(name: string): void {
  const folder = `node_modules/${name}`;
  if (!audited.has(folder)) {
    audited.add(folder);
    Object.keys(locked[folder]?.dependencies ?? {}).forEach(addWithNeeds);
  }
}

Object.keys(dependencies).forEach(addWithNeeds);

/** Of types alone, and of lit where there is no page. */
const neverBundled = ['node_modules/@types/trusted-types', 'node_modules/@lit-labs/ssr-dom-shim'];
/** Hands on what its parts, which are bundled, have. */
const onlyHandsOn = ['node_modules/lit'];

describe('the packages that are shipped', () => {
  it('are the `dependencies` and what they need, so that tools which look at these see all of them', () => {
    assert.deepEqual([...audited].sort(), [...bundled, ...onlyHandsOn, ...neverBundled].sort());
  });

  it('are no `devDependencies`, and the lockfile has it so', () => {
    for (const folder of audited) {
      assert.ok(!(folder.slice('node_modules/'.length) in devDependencies), folder);
      assert.notEqual(locked[folder]?.dev, true, folder);
    }
    assert.deepEqual(
      { dependencies: locked['']?.dependencies },
      { dependencies },
      'package-lock.json is what `npm install --package-lock-only` makes of package.json',
    );
  });

  it('have a licence that goes with ours', () => {
    const fit = ['MIT', 'BSD-3-Clause', 'ISC', 'Apache-2.0', 'CC-BY-4.0'];
    for (const folder of audited) {
      assert.ok(fit.includes(locked[folder]?.license ?? ''), folder);
    }
  });
});

/** As the registry tells of a fault: what npm's bulk endpoint answers. */
const fault = {
  ws: [
    {
      id: 1,
      url: 'https://example.com/advisory',
      title: 'Any text ends the process',
      severity: 'high',
      vulnerable_versions: '<999',
    },
  ],
};

const version = locked['node_modules/ws']?.version ?? '';
/** What npm asks for to look which versions have it. */
const packument = {
  name: 'ws',
  'dist-tags': { latest: version },
  versions: { [version]: { name: 'ws', version } },
};

describe('the look for known faults in them', function () {
  this.timeout(120_000);

  async function look(
    answer: RequestListener | undefined,
  ): Promise<{ readonly code: number; readonly said: string }> {
    const server = createServer(answer);
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const { port } = server.address() as AddressInfo;
    if (answer === undefined) {
      server.close();
    }
    try {
      const script = path.join(repositoryRoot, 'scripts/advisories.mjs');
      const registry = `--registry=http://127.0.0.1:${port}/`;
      return await new Promise((resolve) => {
        execFile(
          process.execPath,
          [script, registry, '--fetch-timeout=1000'],
          { env: { ...process.env, NO_PROXY: '127.0.0.1', no_proxy: '127.0.0.1' } },
          (error, stdout, stderr) => {
            resolve({ code: Number(error?.code ?? 0), said: `${stdout}${stderr}` });
          },
        );
      });
    } finally {
      server.closeAllConnections();
      server.close();
    }
  }

  const asked: string[] = [];
  const answering =
    (status: number, body: string): RequestListener =>
    (request, response) => {
      asked.push(request.url ?? '');
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(request.method === 'POST' ? body : JSON.stringify(packument));
    };

  it('finds one that the registry tells of', async () => {
    const { code, said } = await look(answering(200, JSON.stringify(fault)));
    assert.equal(code, 1, said);
    assert.match(said, /ws: Any text ends the process \(high, https:\/\/example\.com\/advisory\)/);
    assert.ok(asked.some((url) => url.endsWith('/security/advisories/bulk')));
  });

  it('finds none where the registry knows of none', async () => {
    assert.deepEqual(await look(answering(200, '{}')), { code: 0, said: '' });
  });

  for (const [what, answer] of Object.entries<RequestListener | undefined>({
    'has no such list': answering(405, ''),
    'answers what nobody can read': answering(200, '<html>'),
    'never answers': () => {},
    'is not there': undefined,
  })) {
    it(`says so where the registry ${what}, and ends well`, async () => {
      const { code, said } = await look(answer);
      assert.equal(code, 0, said);
      assert.match(said, /^Nobody could say whether shipped packages have known faults: ./);
    });
  }
});
