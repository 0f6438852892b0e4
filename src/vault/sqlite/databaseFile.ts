import { VaultError } from '../vaultError.ts';

/**
 * What a database file says of itself, read without SQLite: to have SQLite look at the schema of a file that somebody else may have
 * made is to have it parse what they wrote there. https://www.sqlite.org/fileformat2.html
 */
export interface DatabaseFile {
  readonly applicationId: number;
  readonly userVersion: number;
  /** The rows of `sqlite_schema`, in no order. */
  readonly schema: readonly SchemaEntry[];
}

/** Of an object that has no text of its own, such as the index of a `UNIQUE`, `sql` is `null`. */
export interface SchemaEntry {
  readonly type: string;
  readonly name: string;
  readonly table: string;
  readonly sql: string | null;
}

/** A database file in memory, or what reads like one. */
interface Bytes {
  readonly length: number;
  subarray(start: number, end: number): Uint8Array;
}

/** The sizes of page that a vault's databases have ever had: snapshots, and months of a sync folder. */
const pageSizes: ReadonlySet<number> = new Set([8192, 1024]);
const headerBytes = 100;
const magic = 'SQLite format 3\0';
/** Written by the rollback journal's rules, no bytes reserved in a page, and the fractions that the format fixes. */
const fixedBytes = Uint8Array.of(1, 1, 0, 64, 32, 32);
const fixedOffset = 18;
/** Offsets of the four-byte numbers in the header. */
const at = {
  ...{ changes: 24, pages: 28, firstFree: 32, freePages: 36, schemaFormat: 44, vacuum: 52 },
  ...{ encoding: 56, userVersion: 60, vacuumStep: 64, applicationId: 68, unused: 72, validFor: 92 },
};
const unusedBytes = 20;
const utf8 = 1;
const schemaFormat = 4;
/** Ours has some fifteen kilobytes and forty pages at most. */
const mostSchemaPages = 200;
const mostSchemaBytes = 200 * 1024;
const leafPage = 13;
const innerPage = 5;
/** `type`, `name`, `tbl_name`, `rootpage`, `sql`. */
const schemaColumns = 5;

/**
 * Reads the header and the schema.
 * @param fileBytes as long as the file
 * @throws {VaultError} `damaged` when it is no database file, or none as a vault's are written
 */
export function readDatabaseFile(fileBytes: Bytes): DatabaseFile {
  if (fileBytes.length < headerBytes) {
    throw unlike();
  }
  const header = viewOf(fileBytes.subarray(0, headerBytes));
  const pageSizeBytes = header.getUint16(16);
  const pages = header.getUint32(at.pages);
  const freePages = header.getUint32(at.freePages);
  const firstFree = header.getUint32(at.firstFree);
  const isOfOurs =
    textOf(fileBytes.subarray(0, magic.length)) === magic &&
    pageSizes.has(pageSizeBytes) &&
    fixedBytes.every((byte, index) => header.getUint8(fixedOffset + index) === byte) &&
    pages * pageSizeBytes === fileBytes.length &&
    header.getUint32(at.changes) === header.getUint32(at.validFor) &&
    freePages < pages &&
    firstFree <= pages &&
    (freePages === 0) === (firstFree === 0) &&
    header.getUint32(at.schemaFormat) === schemaFormat &&
    header.getUint32(at.encoding) === utf8 &&
    header.getUint32(at.vacuum) === 0 &&
    header.getUint32(at.vacuumStep) === 0 &&
    fileBytes.subarray(at.unused, at.unused + unusedBytes).every((byte) => byte === 0);
  if (!isOfOurs) {
    throw unlike();
  }
  demandFreePages(fileBytes, pageSizeBytes, firstFree, { pages, freePages });
  return {
    applicationId: header.getUint32(at.applicationId),
    userVersion: header.getUint32(at.userVersion),
    schema: new SchemaReader(fileBytes, pageSizeBytes, pages).read(),
  };
}

/** Follows the list of pages that hold nothing: there are as many as the header says, each in the file and once. */
function demandFreePages(
  fileBytes: Bytes,
  pageSizeBytes: number,
  firstFree: number,
  { pages, freePages }: { readonly pages: number; readonly freePages: number },
): void {
  const seen = new Set<number>();
  const see = (number: number): void => {
    if (number < 2 || number > pages || seen.has(number) || seen.size >= freePages) {
      throw unlike();
    }
    seen.add(number);
  };
  for (let trunk = firstFree; trunk !== 0;) {
    see(trunk);
    const start = (trunk - 1) * pageSizeBytes;
    const page = viewOf(fileBytes.subarray(start, start + pageSizeBytes));
    const leaves = page.getUint32(4);
    if (leaves > pageSizeBytes / 4 - 2) {
      throw unlike();
    }
    for (let leaf = 0; leaf < leaves; leaf++) {
      see(page.getUint32(8 + 4 * leaf));
    }
    trunk = page.getUint32(0);
  }
  if (seen.size !== freePages) {
    throw unlike();
  }
}

/** Walks through the tree of `sqlite_schema`, no page twice. */
class SchemaReader {
  readonly #bytes: Bytes;
  readonly #pageSizeBytes: number;
  readonly #pages: number;
  readonly #seen = new Set<number>();
  readonly #roots = new Set<number>();
  readonly #found: SchemaEntry[] = [];
  #read = 0;

  constructor(fileBytes: Bytes, pageSizeBytes: number, pages: number) {
    this.#bytes = fileBytes;
    this.#pageSizeBytes = pageSizeBytes;
    this.#pages = pages;
  }

  read(): SchemaEntry[] {
    this.#walk(1);
    // No object has its rows in the pages of another, or of the schema.
    if ([...this.#roots].some((root) => this.#seen.has(root))) {
      throw unlike();
    }
    return this.#found;
  }

  #page(number: number): DataView {
    if (
      number < 1 ||
      number > this.#pages ||
      this.#seen.has(number) ||
      this.#seen.size >= mostSchemaPages
    ) {
      throw unlike();
    }
    this.#seen.add(number);
    const start = (number - 1) * this.#pageSizeBytes;
    return viewOf(this.#bytes.subarray(start, start + this.#pageSizeBytes));
  }

  #walk(number: number): void {
    const page = this.#page(number);
    const start = number === 1 ? headerBytes : 0;
    const kind = page.getUint8(start);
    const cells = page.getUint16(start + 3);
    const isInner = kind === innerPage;
    const list = start + (isInner ? 12 : 8);
    if ((!isInner && kind !== leafPage) || list + 2 * cells > page.byteLength) {
      throw unlike();
    }
    for (let cell = 0; cell < cells; cell++) {
      const offset = page.getUint16(list + 2 * cell);
      if (isInner) {
        this.#walk(uint32At(page, offset));
      } else {
        this.#take(this.#payload(page, offset));
      }
    }
    if (isInner) {
      this.#walk(page.getUint32(start + 8));
    }
  }

  /** A cell's contents, with what of them lies in pages of their own. */
  #payload(page: DataView, offset: number): DataView {
    const [length, afterLength] = varintAt(page, offset);
    const [, start] = varintAt(page, afterLength);
    this.#read += length;
    if (this.#read > mostSchemaBytes) {
      throw unlike();
    }
    const most = this.#pageSizeBytes - 35;
    const least = Math.floor(((this.#pageSizeBytes - 12) * 32) / 255) - 23;
    const onPage = Math.min(
      length,
      length <= most ? length : keptOnPage(length, least, most, this.#pageSizeBytes - 4),
    );
    const contents = new Uint8Array(length);
    contents.set(part(page, start, onPage));
    let next = onPage < length ? uint32At(page, start + onPage) : 0;
    for (let done = onPage; done < length;) {
      const overflow = this.#page(next);
      const count = Math.min(length - done, this.#pageSizeBytes - 4);
      contents.set(part(overflow, 4, count), done);
      done += count;
      next = overflow.getUint32(0);
    }
    return viewOf(contents);
  }

  /** One row, as SQLite's record format has it. */
  #take(record: DataView): void {
    const [headEnd, firstType] = varintAt(record, 0);
    const values: (string | number | null)[] = [];
    let head = firstType;
    let body = headEnd;
    while (head < headEnd) {
      const [type, next] = varintAt(record, head);
      head = next;
      const bytes = type >= 13 && type % 2 === 1 ? (type - 13) / 2 : (integerBytes[type] ?? -1);
      const value = bytes < 0 ? undefined : part(record, body, bytes);
      if (value === undefined) {
        throw unlike();
      }
      values.push(type === 0 ? null : type >= 13 ? textOf(value) : numberOf(type, value));
      body += bytes;
    }
    const [type, name, table, root, sql] = values;
    if (
      values.length !== schemaColumns ||
      head !== headEnd ||
      body !== record.byteLength ||
      typeof type !== 'string' ||
      typeof name !== 'string' ||
      typeof table !== 'string' ||
      typeof root !== 'number' ||
      typeof sql === 'number' ||
      sql === undefined
    ) {
      throw unlike();
    }
    const hasRows = type !== 'view';
    if (hasRows ? root < 2 || root > this.#pages || this.#roots.has(root) : root !== 0) {
      throw unlike();
    }
    if (hasRows) {
      this.#roots.add(root);
    }
    this.#found.push({ type, name, table, sql });
  }
}

/** Bytes of a number by its serial type; a real number, and a blob, is nothing that a schema holds. */
const integerBytes: readonly (number | undefined)[] = [
  ...[0, 1, 2, 3, 4, 6, 8, undefined],
  ...[0, 0],
];

function numberOf(type: number, value: Uint8Array): number {
  return type >= 8 ? type - 8 : value.reduce((sum, byte) => sum * 256 + byte, 0);
}

function keptOnPage(length: number, least: number, most: number, perPage: number): number {
  const kept = least + ((length - least) % perPage);
  return kept <= most ? kept : least;
}

/** A variable-length number, and where what follows it begins. */
function varintAt(view: DataView, offset: number): readonly [value: number, end: number] {
  let value = 0;
  for (let index = 0; index < 8; index++) {
    if (offset + index >= view.byteLength) {
      throw unlike();
    }
    const byte = view.getUint8(offset + index);
    value = value * 128 + (byte & 0x7f);
    if (byte < 0x80) {
      return [value, offset + index + 1];
    }
  }
  throw unlike();
}

function uint32At(view: DataView, offset: number): number {
  if (offset + 4 > view.byteLength) {
    throw unlike();
  }
  return view.getUint32(offset);
}

function part(view: DataView, offset: number, length: number): Uint8Array {
  if (offset + length > view.byteLength) {
    throw unlike();
  }
  return new Uint8Array(view.buffer, view.byteOffset + offset, length);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}

function unlike(): VaultError {
  return new VaultError('damaged', 'A file is no database as a vault has them');
}
