import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** Of node:fs, what opens a file by its name, or changes what a link of that name leads to. */
const openingFunctions = [
  ...['open', 'readFile', 'writeFile', 'appendFile', 'copyFile', 'cp', 'truncate'],
  ...['chmod', 'chown', 'utimes', 'opendir'],
]
  .flatMap((name) => [name, `${name}Sync`])
  .concat('default', 'promises', 'createReadStream', 'createWriteStream', 'openAsBlob', 'watch');

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
          // Those of the workspaces.
          './*/tsconfig.json',
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
  {
    // What lies in a folder is opened by src/files alone: see src/files/plainFile.ts.
    files: ['src/**/*.ts', 'companion/**/*.ts'],
    ignores: [
      'src/files/**',
      // The program's own files, where it is installed.
      'src/vault/sqlite/database.ts',
      'src/cli/commandLanguage.ts',
      'src/host/dashboard/dashboardStrings.ts',
      // The system's: the hosts file, which may be written in place, and /proc.
      'src/focus/hosts/hostsFile.ts',
      'src/focus/apps/linuxProcesses.ts',
      'src/focus/loopback/peerUser.ts',
    ],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: ['node:fs', 'node:fs/promises'].map((name) => ({
            name,
            importNames: openingFunctions,
            message: 'It may be a link, a pipe, or as large as the drive: open it by src/files/.',
          })),
          patterns: [{ regex: '^fs(/promises)?$', message: 'Import node:fs/promises.' }],
        },
      ],
      'no-restricted-syntax': [
        'error',
        {
          selector: 'ImportExpression[source.value=/^(node:)?fs/]',
          message: 'Import it above, where the linter sees what is taken.',
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
