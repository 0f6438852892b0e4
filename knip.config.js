// Finds what nobody uses: `npm run lint` runs knip twice. With --production it looks at what is shipped alone, and finds
// what only tests use; otherwise at everything, and finds what is exported though only its own file uses it.
const shippedAlone = process.argv.includes('--production');

export default {
  workspaces: {
    '.': {
      entry: [
        'src/{extension,keeperMain,transferMain}.ts!',
        // What the command line's tests call.
        'src/cli/**/*.ts!',
        // What package.json is made of.
        'src/host/{commandTable,settings/settingTable}.ts!',
        'companion/{background,blockedPage,popup}.ts!',
        'scripts/*.mjs',
        'scripts/lib/*.mjs',
        'test/**/*.test.ts',
        'test/bench/*.bench.ts',
        // Programs that tests start, and what scripts load by its path.
        'test/**/*{Process,Thread}.ts',
        'test/*/programs/*.ts',
        'test/crash/*.ts',
        'test/realEditor/{editorServer,installEditor,runHostSuite,runHostSuiteOnDesktop,takePictures}.ts',
        'test/webview/chromium.ts',
        'test/support/{makeSchemaVault,makeVaultVectors,training/train}.ts',
      ],
      project: ['src/**/*.ts!', 'companion/**/*.ts!', 'scripts/**/*.mjs', 'test/**/*.ts'],
    },
  },
  // Found by their paths.
  ignoreDependencies: ['@vscode/vsce', '@fontsource-variable/inter'],
  // Tests may see more of a file than the others do.
  ignoreExportsUsedInFile: shippedAlone,
  exclude: ['binaries'],
};
