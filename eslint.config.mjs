import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

// Which room may import which (docs/architecture.md). A room imports itself, what stands here, and nothing else.
const rooms = {
  base: [],
  protocol: ['base'],
  tracking: ['base'],
  flow: ['base', 'tracking'],
  vault: ['base', 'protocol'],
  focus: ['base'],
  webview: ['base', 'protocol'],
  host: ['base', 'protocol', 'tracking', 'flow', 'vault', 'focus'],
  cli: ['base', 'protocol', 'tracking', 'flow', 'vault', 'focus'],
};

// What a room may take from outside. Only the host knows the editor; only the webview knows the page.
const packages = {
  base: [],
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
  webview: ['lit', 'chart.js', '@vscode/codicons'],
  host: ['node:', 'vscode'],
  cli: ['node:'],
};

const wall = (room) => {
  const inside = ['\\./', ...rooms[room].map((other) => `\\.\\./${other}/`)];
  const outside = packages[room].map((name) => (name.endsWith(':') ? name : `${name}(/|$)`));
  return {
    files: [`src/${room}/**/*.ts`],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: `^(?!${[...inside, ...outside].join('|')})`,
              message: `src/${room} may not import this: see docs/architecture.md.`,
            },
          ],
        },
      ],
    },
  };
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
  {
    // The browser's companion shares the protocol with the focus room, and nothing else with anybody.
    files: ['companion/**/*.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: '^(?!\\./|\\.\\./src/focus/companionProtocol\\.ts$)',
              message: 'The companion may not import this: see docs/architecture.md.',
            },
          ],
        },
      ],
    },
  },
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
