// Who may import whom, and that nobody imports in a circle (docs/architecture.md). Type imports and `import()` count like any
// other. `npm test` runs this with dependency-cruiser; by hand: npx depcruise src companion.
import { builtinModules } from 'node:module';

// Which room may import which (docs/architecture.md). A room imports itself, what stands here, and nothing else.
const rooms = {
  base: [],
  facts: ['base'],
  readings: ['base', 'facts'],
  protocol: ['base', 'facts', 'readings'],
  tracking: ['base', 'facts'],
  flow: ['base', 'facts', 'tracking'],
  files: ['base'],
  threads: ['base'],
  vault: ['base', 'facts', 'files', 'readings', 'threads'],
  focus: ['base', 'facts', 'files'],
  webview: ['base', 'facts', 'readings', 'protocol'],
  transfer: ['base', 'facts', 'files', 'readings', 'threads', 'vault'],
  host: [
    'base',
    'facts',
    'files',
    'readings',
    'protocol',
    'threads',
    'tracking',
    'flow',
    'vault',
    'focus',
    'transfer',
  ],
  cli: [
    'base',
    'facts',
    'files',
    'readings',
    'threads',
    'tracking',
    'flow',
    'vault',
    'focus',
    'transfer',
  ],
};

// What a room may take from outside. Only the host knows the editor; only the webview knows the page.
const packages = {
  base: [],
  facts: ['valibot'],
  files: ['node:'],
  readings: ['valibot'],
  threads: ['node:'],
  protocol: ['valibot'],
  tracking: [],
  flow: [],
  vault: ['node:', 'sql.js', '@noble/ciphers', '@scure/base', 'hash-wasm', 'valibot'],
  focus: ['node:', 'valibot', 'ws'],
  transfer: ['node:', 'sql.js', 'valibot'],
  webview: ['lit', 'chart.js', '@vscode/codicons'],
  host: ['node:', 'vscode'],
  cli: ['node:', '@vscode/l10n'],
};

// The folders of the rooms that have some, from the ground up: each may import those before it, and the files at the
// room's own level on which all of them stand.
const floors = {
  vault: {
    ground: ['record', 'vaultError'],
    folders: [
      'folder',
      'age',
      'protectors',
      'keys',
      'trust',
      'sqlite',
      'codecs',
      'kinds',
      'segments',
      'owner',
      'database',
      'history',
      'ledger',
      'upkeep',
      'keeper',
    ],
  },
  host: {
    ground: ['commandTable', 'editorLanguage', 'words'],
    folders: [
      'dialogs',
      'settings',
      'notices',
      'vault',
      'recording',
      'lazy',
      'focus',
      'data',
      'statusBar',
      'dashboard',
      'stored',
    ],
  },
  tracking: {
    ground: ['eventKind'],
    folders: ['edits', 'signs', 'runs'],
  },
  flow: {
    ground: ['flowReading', 'flowRules', 'leb128'],
    folders: ['features', 'model', 'baseline', 'rhythm', 'detection', 'history'],
  },
  focus: {
    ground: ['focusError', 'runCommand'],
    folders: ['sites', 'session', 'undo', 'hosts', 'loopback', 'proxy', 'companion', 'apps'],
  },
  transfer: {
    ground: ['transferError', 'transferJob', 'transferContract'],
    folders: [
      'records',
      'messages',
      'copies',
      'sync',
      'backup',
      'restore',
      'export',
      'import',
      'erase',
    ],
  },
  webview: {
    ground: [],
    folders: ['shared', 'day', 'week', 'insights', 'focus', 'now', 'vault', 'stored'],
  },
};

const asPattern = (text) => text.replaceAll(/[.\\/]/g, '\\$&');

const builtins = `^(node:)?(${builtinModules.map(asPattern).join('|')})$`;

/** A package is met where npm has put it, or its types; by its bare name where it is the editor's own or not there. */
const packagePatterns = (name) =>
  name === 'node:'
    ? [builtins, '(^|/)node_modules/@types/node/']
    : [`^${asPattern(name)}(/|$)`, `(^|/)node_modules/(@types/)?${asPattern(name)}/`];

const onlyImports = (where, from, allowed) => ({
  name: where,
  comment: `${where} may not import this: see docs/architecture.md.`,
  severity: 'error',
  from: { path: from },
  to: { pathNot: allowed },
});

const outside = (room) => [
  ...rooms[room].map((other) => `^src/${other}/`),
  ...packages[room].flatMap(packagePatterns),
];

const wall = (room) =>
  onlyImports(`src/${room}`, `^src/${room}/`, [`^src/${room}/`, ...outside(room)]);

const floorsOf = (room) => {
  const { ground, folders } = floors[room];
  return folders.map((folder, index) =>
    onlyImports(`src/${room}/${folder}`, `^src/${room}/${folder}/`, [
      ...ground.map((file) => `^src/${room}/${file}\\.ts$`),
      ...folders.slice(0, index + 1).map((below) => `^src/${room}/${below}/`),
      ...outside(room),
    ]),
  );
};

/** A folder that is not in the tables above would have no walls. */
const onlyKnown = (where, names) => ({
  name: `${where}/*`,
  comment: `${where} has a folder that .dependency-cruiser.mjs does not know: see docs/architecture.md.`,
  severity: 'error',
  from: { path: `^${where}/[^/]+/`, pathNot: names.map((name) => `^${where}/${name}/`) },
  to: {},
});

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-circle',
      comment: 'These files import each other in a circle: see docs/architecture.md.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    onlyKnown('src', Object.keys(rooms)),
    ...Object.entries(floors).map(([room, { folders }]) => onlyKnown(`src/${room}`, folders)),
    ...Object.keys(rooms).map(wall),
    ...Object.keys(floors).flatMap(floorsOf),
    // The browser's companion shares the protocol, and what may be blocked and how long, with the focus room, and nothing else with anybody.
    onlyImports('companion', '^companion/', [
      '^companion/',
      '^src/focus/companion/companionProtocol\\.ts$',
      '^src/focus/sites/(hostName|keptNames|blockDeadline)\\.ts$',
    ]),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // Before the compiler leaves out what are types alone.
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types'] },
  },
};
