import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

// Which room may import which (docs/architecture.md). A room imports itself, what stands here, and nothing else.
const rooms = {
  base: [],
  readings: ['base'],
  protocol: ['base', 'readings'],
  tracking: ['base'],
  flow: ['base', 'tracking'],
  files: ['base'],
  threads: ['base'],
  vault: ['base', 'files', 'readings', 'threads'],
  focus: ['base', 'files'],
  webview: ['base', 'readings', 'protocol'],
  transfer: ['base', 'files', 'readings', 'threads', 'vault'],
  host: [
    'base',
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
  cli: ['base', 'files', 'readings', 'threads', 'tracking', 'flow', 'vault', 'focus', 'transfer'],
};

// What a room may take from outside. Only the host knows the editor; only the webview knows the page.
const packages = {
  base: ['valibot'],
  files: ['node:'],
  readings: ['valibot'],
  threads: ['node:'],
  protocol: ['valibot'],
  tracking: [],
  flow: [],
  vault: [
    'node:',
    'sql.js',
    '@noble/ciphers',
    '@scure/base',
    'age-encryption',
    'hash-wasm',
    'valibot',
  ],
  focus: ['node:', 'valibot', 'ws'],
  transfer: ['node:', 'sql.js', 'valibot'],
  webview: ['lit', 'chart.js', '@vscode/codicons'],
  host: ['node:', 'vscode'],
  cli: ['node:'],
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
      'sqlite',
      'codecs',
      'kinds',
      'segments',
      'database',
      'history',
      'keeper',
    ],
  },
  host: {
    ground: ['commandTable', 'words', 'lazyPart'],
    folders: [
      'dialogs',
      'settings',
      'notices',
      'vault',
      'recording',
      'focus',
      'data',
      'statusBar',
      'dashboard',
      'stored',
    ],
  },
  flow: {
    ground: ['flowReading', 'flowRules', 'leb128'],
    folders: ['features', 'model', 'baseline', 'rhythm', 'detection', 'history'],
  },
  focus: {
    ground: ['focusError', 'runCommand'],
    folders: ['sites', 'session', 'undo', 'hosts', 'proxy', 'companion', 'apps'],
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

const onlyImports = (files, allowed, where) => ({
  files,
  rules: {
    '@typescript-eslint/no-restricted-imports': [
      'error',
      {
        patterns: [
          {
            regex: `^(?!${allowed.join('|')})`,
            message: `${where} may not import this: see docs/architecture.md.`,
          },
        ],
      },
    ],
  },
});

const outside = (room) =>
  packages[room].map((name) => (name.endsWith(':') ? name : `${name}(/|$)`));

const wall = (room) =>
  onlyImports(
    [`src/${room}/**/*.ts`],
    ['\\./', ...rooms[room].map((other) => `\\.\\./${other}/`), ...outside(room)],
    `src/${room}`,
  );

const floorsOf = (room) => {
  const { ground, folders } = floors[room];
  return folders.map((folder, index) =>
    onlyImports(
      [`src/${room}/${folder}/*.ts`],
      [
        '\\./',
        ...ground.map((file) => `\\.\\./${file}\\.ts$`),
        ...folders.slice(0, index).map((below) => `\\.\\./${below}/`),
        ...rooms[room].map((other) => `\\.\\./\\.\\./${other}/`),
        ...outside(room),
      ],
      `src/${room}/${folder}`,
    ),
  );
};

export default defineConfig(
  globalIgnores(['dist/', 'node_modules/', '.cache/', '**/*.mjs', '**/*.cjs']),
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: {
        project: [
          './tsconfig.core.json',
          './tsconfig.host.json',
          './tsconfig.webview.json',
          './tsconfig.companion.json',
          './tsconfig.test.json',
        ],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/consistent-type-exports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-empty-function': ['error', { allow: ['arrowFunctions'] }],
      // Our classes without state are namespaces of nothing: none exist, but Lit's elements look like them.
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      eqeqeq: 'error',
      'no-console': 'error',
    },
  },
  ...Object.keys(rooms).map(wall),
  ...Object.keys(floors).flatMap(floorsOf),
  // The browser's companion shares the protocol with the focus room, and nothing else with anybody.
  onlyImports(
    ['companion/**/*.ts'],
    ['\\./', '\\.\\./src/focus/companion/companionProtocol\\.ts$'],
    'The companion',
  ),
  { files: ['src/cli/**/*.ts', 'test/**/*.ts'], rules: { 'no-console': 'off' } },
  {
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-floating-promises': ['error', { allowForKnownSafeCalls: [] }],
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
);
