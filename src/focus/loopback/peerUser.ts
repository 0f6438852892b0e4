import { readFile } from 'node:fs/promises';
import { endianness } from 'node:os';
import { SingleFlight } from '../../base/singleFlight.ts';

/** Where Linux says whose each socket is (proc(5)); a program may reach a server on IPv4 by a socket of either kind. */
const tables = ['/proc/self/net/tcp', '/proc/self/net/tcp6'];
/** A table that is read while others open and close sockets may lack one that is there. */
const mostLooks = 3;
const listening = '0A';
const root = 0;

/** The ends of a connection, as a `Socket` tells them. */
export interface ConnectionEnds {
  readonly localAddress?: string | undefined;
  readonly localPort?: number | undefined;
  readonly remoteAddress?: string | undefined;
  readonly remotePort?: number | undefined;
}

interface SocketRow {
  readonly local: string;
  readonly remote: string;
  readonly state: string;
  readonly userId: number;
  /** '0' for a socket that no process holds any more. */
  readonly inode: string;
}

/**
 * Tells whether the program at the other end of a loopback connection is of our own user, where the system tells it: on Linux.
 * Elsewhere, and where the table does not even show the server itself, nobody can tell, and all are taken in.
 * Root's programs count as ours: root can be any user, and relays of virtual machines run as root.
 */
export class PeerUser {
  readonly #userId: number | null;
  readonly #reading: SingleFlight<readonly SocketRow[]>;

  /** @param userId ours; `null` where users have none */
  constructor(userId = process.getuid?.() ?? null, read: () => Promise<string> = readTables) {
    this.#userId = userId;
    this.#reading = new SingleFlight(() => read().then(rowsOf, () => []));
  }

  /** @param socket one that was accepted on an IPv4 address. Never rejects. */
  async isOurs({
    localAddress,
    localPort,
    remoteAddress,
    remotePort,
  }: ConnectionEnds): Promise<boolean> {
    if (this.#userId === null) {
      return true;
    }
    const [here, there] = [
      endpoint(localAddress, localPort),
      endpoint(remoteAddress, remotePort),
    ] as const;
    if (here === undefined || there === undefined) {
      // It has gone already.
      return false;
    }
    for (let look = 0; look < mostLooks; look += 1) {
      const rows = await this.#reading.runAfresh();
      if (!rows.some(({ local, state }) => local === here && state === listening)) {
        return true;
      }
      const row = rows.find(({ local, remote }) => local === there && remote === here);
      if (row !== undefined) {
        return row.inode !== '0' && (row.userId === this.#userId || row.userId === root);
      }
    }
    return false;
  }
}

/** The table's lines; nothing for what is none. */
function rowsOf(text: string): readonly SocketRow[] {
  return text.split('\n').flatMap((line) => {
    const [number = '', local = '', remote = '', state = '', , , , userId = '', , inode = ''] = line
      .trim()
      .split(/\s+/);
    return /^\d+:$/.test(number) && /^\d+$/.test(userId)
      ? [{ local: plain(local), remote: plain(remote), state, userId: Number(userId), inode }]
      : [];
  });
}

/** An IPv4 address in an IPv6 one (RFC 4291, 2.5.5.2) as the former alone; each word is in the order of the machine. */
function plain(written: string): string {
  return written.replace(/^0{16}(?:FFFF0000|0000FFFF)(?=[0-9A-F]{8}:)/, '');
}

/** An IPv4 address and port as they stand in the table; `undefined` for anything else. */
function endpoint(address: string | undefined, port: number | undefined): string | undefined {
  const parts = (address ?? '').replace(/^::ffff:/i, '').split('.');
  if (parts.length !== 4 || port === undefined) {
    return undefined;
  }
  const bytes = endianness() === 'LE' ? parts.reverse() : parts;
  const hex = (value: number, digits: number): string =>
    value.toString(16).toUpperCase().padStart(digits, '0');
  return `${bytes.map((part) => hex(Number(part), 2)).join('')}:${hex(port, 4)}`;
}

async function readTables(): Promise<string> {
  const texts = tables.map((file) => readFile(file, 'latin1').catch(() => ''));
  return (await Promise.all(texts)).join('\n');
}
