// npm run pictures: takes the README's pictures anew, from the packaged extension in a running editor.
import path from 'node:path';
import { installPackages, installTools } from './lib/install.mjs';
import { loadTypeScript } from './lib/loadTypeScript.mjs';
import { packageExtension, vsixFile } from './lib/package.mjs';
import { root, runOrFail } from './lib/processes.mjs';
import { main, step } from './lib/say.mjs';

const typingMinutes = Number(process.env.PICTURE_MINUTES ?? 9);

await main(async () => {
  await installPackages();
  await installTools(['chromium']);
  await step('Building and packaging Millrace', packageExtension);
  const { takePictures } = await loadTypeScript('test/realEditor/takePictures.ts');
  await step(`Typing for ${typingMinutes} minutes, then taking pictures`, () =>
    takePictures({
      vsixFile,
      fillWithDemo: (storage) =>
        runOrFail(process.execPath, [
          path.join(root, 'dist/cli.js'),
          ...['demo', '--storage', storage, '--days', '90'],
        ]),
      pictureFolder: path.join(root, 'media/readme'),
      typingMs: typingMinutes * 60_000,
    }),
  );
});
