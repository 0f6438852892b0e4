import assert from 'node:assert/strict';
import { WebviewBench, assertNoComplaints, mount, visibleText, type OpenPage } from './browser.ts';
import { zoneOffsetMinutes } from './snapshots.ts';
import {
  oddRecord,
  ordinaryStock,
  ordinaryStored,
  sessionShelf,
  storedAnswer,
  storedAudit,
  storedSession,
} from './storedSnapshots.ts';

describe('what is stored', function () {
  this.timeout(60_000);
  let bench: WebviewBench;
  let stage: OpenPage;

  before(async () => {
    bench = await WebviewBench.start();
    stage = await bench.openStage('', { permissions: ['clipboard-read', 'clipboard-write'] });
  });

  afterEach(() => {
    assertNoComplaints(stage.complaints, 'stored');
  });

  after(async () => {
    await bench.stop();
  });

  const show = (tag: string, properties: Readonly<Record<string, unknown>>): Promise<void> =>
    mount(
      stage.page,
      { name: 'stored', tag, properties: { zoneOffsetMinutes, ...properties } },
      360,
    );
  const heard = (): Promise<readonly string[]> => stage.page.evaluate(() => window.stage.heard());
  const button = (name: string | RegExp) => stage.page.getByRole('button', { name });

  it('says how much there is of each kind, and what there is none of last', async () => {
    await show('millrace-stored', { condition: 'ready', view: ordinaryStored });
    const seen = await visibleText(stage.page);
    assert.match(seen, /1,149 records, 2 MB on disk, encrypted/);
    assert.match(seen, /Sessions 1,102, 1\.8 MB.*Answers 38, 2 KB.*Focus sessions none/);
  });

  it('leads back by its first button, and by Escape', async () => {
    await show('millrace-stored', { condition: 'ready', view: ordinaryStored });
    await stage.page.keyboard.press('Tab');
    await stage.page.keyboard.press('Enter');
    await stage.page.keyboard.press('Escape');
    assert.deepEqual(await heard(), ['storedShown false', 'storedShown false']);
  });

  it('says that a locked vault has to be unlocked, and shows nothing of it', async () => {
    await show('millrace-stored', { condition: 'locked', view: ordinaryStored });
    assert.ok(!(await visibleText(stage.page)).includes('Sessions'));
    await button('Unlock…').press('Enter');
    assert.deepEqual(await heard(), ['action unlockVault']);
  });

  it('offers to try again where nothing could be read', async () => {
    await show('millrace-stored', {
      condition: 'ready',
      view: { overview: 'failed', shelves: {} },
    });
    await button('Try again').press('Enter');
    await button('Show the log').press('Enter');
    assert.deepEqual(await heard(), ['read', 'action showLog']);
  });

  it('asks for records when a kind is opened, and for older ones, by keyboard', async () => {
    const [entry] = ordinaryStock.kinds;
    await show('millrace-stored-shelf', { entry });
    await button(/Sessions/).press('Enter');
    assert.deepEqual(await heard(), ['more session']);
    await stage.page.evaluate((shelf) => window.stage.change({ shelf }), sessionShelf);
    await button('Show older, 8 of 1,102 shown').press('Enter');
    assert.deepEqual(await heard(), ['more session', 'more session']);
  });

  it('opens a record and asks to correct and to delete it, by keyboard', async () => {
    await show('millrace-stored-record', { kind: 'feedback', record: storedAnswer });
    await stage.page.keyboard.press('Tab');
    await stage.page.keyboard.press('Enter');
    assert.match(await visibleText(stage.page), /Absorbed, 1 to 7 6 Activity writing/);
    for (const name of ['Correct…', 'Copy', 'Delete…']) {
      await stage.page.keyboard.press('Tab');
      assert.ok(await button(name).isVisible());
      await stage.page.keyboard.press('Enter');
    }
    await button('Copied').waitFor();
    const { id } = storedAnswer;
    const all = await heard();
    assert.deepEqual(
      [...all].sort(),
      ['Copied', `correct feedback ${id}`, `delete feedback ${id}`].sort(),
    );
  });

  it('copies the record as it stands in the vault', async () => {
    await show('millrace-stored-record', { kind: 'feedback', record: storedAnswer, open: true });
    await button('Copy').press('Enter');
    await button('Copied').waitFor();
    const copied: unknown = JSON.parse(
      await stage.page.evaluate(() => navigator.clipboard.readText()),
    );
    assert.deepEqual(copied, {
      kind: 'feedback',
      id: storedAnswer.id,
      fields: Object.fromEntries(storedAnswer.fields.map(({ name, value }) => [name, value])),
    });
  });

  it('only shows what is there to be seen', async () => {
    await show('millrace-stored-record', { kind: 'audit', record: storedAudit, open: true });
    assert.equal(await button('Copy').count(), 1);
    assert.equal(await button(/Correct|Delete/).count(), 0);
  });

  it('draws odd records as text, and stays in place', async () => {
    await show('millrace-stored-record', { kind: 'session', record: oddRecord, open: true });
    assert.equal(await stage.page.locator('img, script[src=""]').count(), 0);
    assert.ok((await visibleText(stage.page)).includes('<img src=x onerror=alert(1)>'));
    assert.deepEqual(await stage.page.evaluate(() => window.stage.overflow()), []);
  });

  it('takes the keyboard to the next record when the one in hand is gone', async () => {
    const [entry] = ordinaryStock.kinds;
    await show('millrace-stored-shelf', { entry, shelf: sessionShelf, open: true });
    await button(/Nov 17/).press('Enter');
    await button('Delete…').press('Enter');
    const records = sessionShelf.records.filter((_, index) => index !== 1);
    await stage.page.evaluate((shelf) => window.stage.change({ shelf }), {
      ...sessionShelf,
      records,
    });
    await stage.page.keyboard.press('Enter');
    assert.equal(await button(/Nov 16/).getAttribute('aria-expanded'), 'true');
  });

  it('draws a thousand records that were read page by page', async () => {
    const records = Array.from({ length: 1000 }, (_, index) => storedSession(index, index % 365));
    await show('millrace-stored-shelf', {
      entry: { ...ordinaryStock.kinds[0], records: 1000 },
      shelf: { records, hasMore: false, state: 'read' },
      open: true,
    });
    assert.equal(await stage.page.locator('millrace-stored-record').count(), 1000);
    assert.equal(await button(/Show older/).count(), 0);
  });
});
