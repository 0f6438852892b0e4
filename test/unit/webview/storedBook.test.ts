import assert from 'node:assert/strict';
import type {
  StoredOverview,
  StoredPage,
  StoredRecord,
} from '../../../src/readings/storedReading.ts';
import { StoredBook } from '../../../src/webview/stored/storedBook.ts';

const overview: StoredOverview = {
  bytesOnDisk: 1,
  kinds: [{ kind: 'session', records: 10_000, bytes: 1, firstMs: 1, lastMs: 10_000 }],
};

/** Ten thousand records, newest first, of which a page holds fifty. */
class Shelf {
  all: StoredRecord[] = Array.from({ length: 10_000 }, (_, index) => ({
    id: index.toString(16).padStart(32, '0'),
    atMs: 10_000 - index,
    fields: [],
  }));
  asked = 0;
  isBroken = false;

  readonly page = (beforeMs: number | null): Promise<StoredPage> => {
    this.asked += 1;
    const before = this.all.filter(({ atMs }) => beforeMs === null || atMs < beforeMs);
    return this.isBroken
      ? Promise.reject(new Error('odd'))
      : Promise.resolve({ records: before.slice(0, 50), hasMore: before.length > 50 });
  };
}

describe('StoredBook', () => {
  let shelf: Shelf;
  let book: StoredBook;

  beforeEach(() => {
    shelf = new Shelf();
    book = new StoredBook({
      loadOverview: () =>
        shelf.isBroken ? Promise.reject(new Error('odd')) : Promise.resolve(overview),
      loadPage: (_, beforeMs) => shelf.page(beforeMs),
      onChange: () => {},
    });
  });

  const shown = (): readonly StoredRecord[] => book.view.shelves.session?.records ?? [];

  it('reads no record before a kind is opened', async () => {
    await book.read();
    assert.deepEqual(book.view, { overview, shelves: {} });
    assert.equal(shelf.asked, 0);
  });

  it('goes through ten thousand records without leaving one out or showing one twice', async () => {
    await book.read();
    for (let page = 0; page < 200; page++) {
      await book.more('session');
    }
    assert.equal(shelf.asked, 200);
    assert.deepEqual(
      shown().map(({ id }) => id),
      shelf.all.map(({ id }) => id),
    );
    assert.equal(book.view.shelves.session?.hasMore, false);
  });

  it('reads again as far back as it was', async () => {
    await book.read();
    await book.more('session');
    await book.more('session');
    shelf.all.splice(3, 1);
    await book.read();
    assert.equal(shown().length, 100);
    assert.equal(shown().at(3)?.atMs, 9996);
  });

  it('keeps what is on view where more could not be read, and tries again', async () => {
    await book.read();
    await book.more('session');
    shelf.isBroken = true;
    await book.more('session');
    assert.equal(book.view.shelves.session?.state, 'failed');
    assert.equal(shown().length, 50);
    shelf.isBroken = false;
    await book.more('session');
    assert.equal(shown().length, 100);
    assert.equal(book.view.shelves.session.state, 'read');
  });

  it('shows nothing that arrives after it was closed', async () => {
    await book.read();
    const late = book.more('session');
    book.close();
    await late;
    assert.deepEqual(book.view, { overview: 'reading', shelves: {} });
  });

  it('says where nothing could be read', async () => {
    shelf.isBroken = true;
    await book.read();
    assert.equal(book.view.overview, 'failed');
  });

  it('ends where a page brings nothing new', async () => {
    const one = shelf.all.slice(0, 1);
    const stuck = new StoredBook({
      loadOverview: () => Promise.resolve(overview),
      loadPage: () => Promise.resolve({ records: one, hasMore: true }),
      onChange: () => {},
    });
    await stuck.more('session');
    await stuck.more('session');
    assert.deepEqual(stuck.view.shelves.session, { records: one, hasMore: false, state: 'read' });
  });
});
