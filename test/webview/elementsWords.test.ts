import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { repositoryRoot } from '../support/repositoryRoot.ts';
import { describeElementsWith } from './elements.ts';
import { themes } from './themes.ts';

const folder = path.join(repositoryRoot, 'dist/test/webview');

const german = JSON.parse(
  readFileSync(path.join(repositoryRoot, 'l10n/dashboard.de.json'), 'utf8'),
) as Readonly<Record<string, string>>;

describeElementsWith('with longer words', '?strings=pseudo');

describeElementsWith('in German', '', ({ page }) =>
  page.evaluate((strings) => {
    window.stage.speak('de', strings);
  }, german),
);

it('every theme has a file of its own, so that they run side by side', () => {
  assert.deepEqual(
    Object.keys(themes).filter((theme) => {
      const name = `elements${theme.slice(0, 1).toUpperCase()}${theme.slice(1)}.test.mjs`;
      return !existsSync(path.join(folder, name));
    }),
    [],
  );
});
