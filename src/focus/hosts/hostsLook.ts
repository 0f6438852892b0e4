import { stat } from 'node:fs/promises';
import { isHostsFileThere, readHosts } from './hostsFile.ts';
import { splitHosts } from './hostsLine.ts';
import { readMarks, type HostsMarks } from './hostsMark.ts';

const noMarks: HostsMarks = { sections: [], odd: [] };
/** A file that was changed so shortly before it was read may be changed again within the same time stamp. */
const freshMs = 1_000;

/** Which marks a hosts file holds. It is read again only when it has changed: looking each second costs one `stat`. */
export class HostsLook {
  readonly #file: string;
  #seen: { readonly identity: string; readonly marks: HostsMarks } | undefined;

  constructor(file: string) {
    this.#file = file;
  }

  /** Nothing, where there is no such file. @throws {Error} when it can't be read */
  async marks(): Promise<HostsMarks> {
    if (!(await isHostsFileThere(this.#file))) {
      return noMarks;
    }
    const { dev, ino, size, mtimeNs, ctimeNs, ctimeMs } = await stat(this.#file, { bigint: true });
    const identity = [dev, ino, size, mtimeNs, ctimeNs].join(':');
    if (this.#seen?.identity === identity) {
      return this.#seen.marks;
    }
    const isFresh = Math.abs(Date.now() - Number(ctimeMs)) < freshMs;
    const text = await readHosts(this.#file);
    const marks = /millrace/i.test(text) ? readMarks(splitHosts(text).lines) : noMarks;
    this.#seen = isFresh ? undefined : { identity, marks };
    return marks;
  }
}
