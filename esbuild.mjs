// Builds everything that runs: `node esbuild.mjs` makes the extension, `--tests` the tests as well,
// `--production` leaves out the source maps and minifies, as it goes into the .vsix; `--watch` makes the extension again
// whenever a file of it has changed, until it is ended. package.json is brought up to date with the tables that it is made
// of.
import { build, context } from 'esbuild';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { companionBundle } from './scripts/companion.mjs';
import { packagesIn } from './scripts/lib/bundledPackages.mjs';
import { writeManifest } from './scripts/lib/manifest.mjs';

const root = import.meta.dirname;
const withTests = process.argv.includes('--tests');
const production = process.argv.includes('--production');
const watching = process.argv.includes('--watch');
const require = createRequire(import.meta.url);

const common = {
  absWorkingDir: root,
  bundle: true,
  minify: production,
  sourcemap: production ? false : 'linked',
  legalComments: 'none',
  logLevel: 'warning',
  // Codicons are drawn inline; the page's policy allows no other way.
  loader: { '.svg': 'text', '.css': 'text' },
};

/** What runs in Node: the extension host, its worker threads, the command line. */
const node = { ...common, platform: 'node', target: 'node20', format: 'cjs' };
/** What runs in the dashboard. */
const browser = { ...common, platform: 'browser', target: 'chrome128', format: 'esm' };

/**
 * What of ours is imported with `import()` is a bundle of its own, loaded when it is first needed: `somePart.ts` becomes
 * `dist/some.js`, and any other file one of its own name. These are all of them, by that name.
 */
const lazyEntryPoints = findLazyEntryPoints();

function findLazyEntryPoints() {
  const found = {};
  const files = readdirSync(path.join(root, 'src'), { recursive: true }).filter(
    (file) => file.endsWith('.ts') && !/^(?:webview|cli)\b/.test(file),
  );
  for (const file of files.map((name) => path.join(root, 'src', name))) {
    for (const [, to] of readFileSync(file, 'utf8').matchAll(/\bimport\('(\.[^']+\.ts)'\)/g)) {
      const source = path.resolve(path.dirname(file), to);
      const name = lazyName(source);
      if ((found[name] ?? source) !== source) {
        throw new Error(`${source} and ${found[name]} would both be dist/${name}.js`);
      }
      found[name] = source;
    }
  }
  return found;
}

function lazyName(source) {
  return path.basename(source, '.ts').replace(/Part$/, '');
}

/** esbuild splits no CommonJS, so each such import is turned into a `require` of its bundle. */
const lazyBundles = {
  name: 'lazy-bundles',
  setup({ onResolve }) {
    onResolve({ filter: /^\./ }, ({ kind, path: file, resolveDir }) => {
      if (kind !== 'dynamic-import') {
        return undefined;
      }
      const source = path.resolve(resolveDir, file);
      const name = lazyName(source);
      return lazyEntryPoints[name] === source
        ? { path: `./${name}.js`, external: true }
        : { errors: [{ text: `${source} has to be imported as import('./file.ts')` }] };
    });
  },
};

const chartApart = {
  name: 'chart-apart',
  setup({ onResolve }) {
    onResolve({ filter: /\/curveChart\.ts$/ }, ({ kind }) =>
      kind === 'dynamic-import' ? { path: './webview-curveChart.js', external: true } : undefined,
    );
  },
};

/** Says in `--watch` when a build begins and ends, which the tasks of .vscode/ wait for. */
const tellsWhenBuilt = {
  name: 'tells-when-built',
  setup({ onStart, onEnd }) {
    onStart(() => console.log('[watch] build started'));
    onEnd(() => console.log('[watch] build finished'));
  },
};

const testFiles = (folder, suffix = '.test.ts') =>
  readdirSync(path.join(root, 'test', folder), { recursive: true })
    .filter((file) => file.endsWith(suffix))
    .map((file) => path.join('test', folder, file));

rmSync(path.join(root, 'dist'), { recursive: true, force: true });
mkdirSync(path.join(root, 'dist'), { recursive: true });

/** What goes into the .vsix. */
const bundles = [
  {
    ...node,
    entryPoints: {
      extension: 'src/extension.ts',
      keeper: 'src/keeperMain.ts',
      transfer: 'src/transferMain.ts',
      ...lazyEntryPoints,
    },
    outdir: 'dist',
    external: ['vscode'],
    plugins: [lazyBundles],
    supported: { 'dynamic-import': false },
  },
  companionBundle({ production }),
  { ...node, entryPoints: { cli: 'src/cli/cliMain.ts' }, outdir: 'dist' },
  // The charts' library is fetched only where there is room for its chart. Not by esbuild's own splitting: the two
  // would share a third file, and the page would wait for that one too before it draws anything.
  {
    ...browser,
    entryPoints: {
      webview: 'src/webview/main.ts',
      'webview-curveChart': 'src/webview/day/curveChart.ts',
    },
    outdir: 'dist',
    plugins: [chartApart],
  },
].map((options) => ({ ...options, metafile: true }));

copyFileSync(require.resolve('sql.js/dist/sql-wasm.wasm'), path.join(root, 'dist/sql-wasm.wasm'));

const tests = [];
if (withTests) {
  mkdirSync(path.join(root, 'dist/test/bundles'), { recursive: true });
  copyFileSync(
    require.resolve('sql.js/dist/sql-wasm.wasm'),
    path.join(root, 'dist/test/bundles/sql-wasm.wasm'),
  );
  const commonJsBanner = [
    "import { createRequire } from 'node:module';",
    'const require = createRequire(import.meta.url);',
    'const __dirname = import.meta.dirname;',
  ].join('\n');
  // Packages stay outside, so that a test sees the same instance of a library as its helpers do.
  const inNode = { ...node, format: 'esm', packages: 'external', outExtension: { '.js': '.mjs' } };
  tests.push(
    {
      ...inNode,
      entryPoints: [
        ...testFiles('unit'),
        'test/support/leakHooks.ts',
        ...testFiles('webview'),
        ...testFiles('e2e'),
        ...testFiles('bench', '.bench.ts'),
      ],
      outbase: 'test',
      outdir: 'dist/test',
      splitting: true,
    },
    // The host suite is loaded by the extension host itself, whose `vscode` only CommonJS can require.
    {
      ...node,
      entryPoints: ['test/host/index.ts', ...testFiles('host')],
      outbase: 'test',
      outdir: 'dist/test',
      external: ['vscode', 'mocha'],
    },
    // What tests run in threads and processes of their own, so that none bundles it again: test/support/builtOnce.ts.
    {
      ...node,
      minify: true,
      entryPoints: { keeper: 'src/keeperMain.ts', transfer: 'src/transferMain.ts' },
      outdir: 'dist/test/bundles',
    },
    {
      ...node,
      format: 'esm',
      entryPoints: [
        ...testFiles('support', 'Process.ts'),
        ...testFiles('crash', 'Compactor.ts'),
        ...testFiles('unit', 'Thread.ts'),
      ],
      entryNames: '[name]',
      outdir: 'dist/test/bundles',
      outExtension: { '.js': '.mjs' },
      // Some libraries inside are CommonJS and expect what it gives them.
      banner: { js: commonJsBanner },
    },
    {
      ...browser,
      entryPoints: { 'test/webview/page': 'test/webview/page.ts' },
      outdir: 'dist',
      splitting: true,
      chunkNames: 'test/webview/[name]-[hash]',
    },
  );
}

if (watching) {
  for (const options of bundles) {
    const plugins = [...(options.plugins ?? []), tellsWhenBuilt];
    await (await context({ ...options, plugins })).watch();
  }
} else {
  const [made] = await Promise.all([
    Promise.all([...bundles, ...tests].map((options) => build(options))),
    writeManifest(),
  ]);
  const metafiles = made.flatMap(({ metafile }) => metafile ?? []);
  // What THIRD-PARTY-NOTICES.md has to name.
  writeFileSync(
    path.join(root, 'dist/packages.json'),
    `${JSON.stringify(packagesIn(metafiles), undefined, 2)}\n`,
  );
}
