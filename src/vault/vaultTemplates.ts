import type { Clock } from '../base/clock.ts';
import type { KeeperAsk } from './keeper/keeperContract.ts';
import type { VaultRecord } from './record.ts';
import {
  keptVersions,
  latestVersionAt,
  packTemplate,
  surplusTemplates,
  type Template,
  type TemplateInfo,
} from './database/templateStore.ts';

export interface VaultTemplatesOptions {
  readonly append: (records: readonly VaultRecord[]) => Promise<void>;
  readonly keeper: KeeperAsk;
  readonly clock: Clock;
  readonly onAudited: (action: 'delete' | 'purgeTemplates') => void;
}

/**
 * The host's end of the template store. Putting needs no key, so it works while the vault is locked;
 * everything else asks the keeper.
 */
export class VaultTemplates {
  readonly #options: VaultTemplatesOptions;
  /** By name, the largest version that this window knows of. */
  readonly #versions = new Map<string, number>();

  constructor(options: VaultTemplatesOptions) {
    this.#options = options;
  }

  /**
   * Keeps a new version of a template; works while the vault is locked. A compaction keeps the newest five of each name.
   * @param name 1-64 characters of `a-z0-9.-`
   * @returns the version, once it is on disk and fsynced
   * @throws {RangeError} for another name, or more than 4 MiB, or 1 MiB when compressed
   * @throws {VaultError} as `Vault.append`
   */
  async put(name: string, bytes: Uint8Array): Promise<number> {
    const createdMs = Math.max(0, Math.round(this.#options.clock.wallMs()));
    // Seconds since 1970: they grow over all windows without asking anyone, and fit until 2106. See `newestFirst` in templateStore.ts.
    const version = Math.max(Math.floor(createdMs / 1000), (this.#versions.get(name) ?? 0) + 1);
    this.#versions.set(name, version);
    await this.#options.append([await packTemplate(name, version, createdMs, bytes)]);
    return version;
  }

  /**
   * The newest version of a template, or the one asked for.
   * @throws {VaultError} `damaged` when its bytes do not match their hash; as {@link KeeperAsk.ask}
   */
  async get(name: string, version?: number): Promise<Template | undefined> {
    const wanted = { names: [name], ...(version !== undefined && { version }) };
    const [template] = await this.#options.keeper.ask('getTemplates', wanted);
    this.#note(template);
    return template;
  }

  /** The newest version of each of these that there is, by name. Throws as {@link get}, for any of them. */
  async getMany(names: readonly string[]): Promise<ReadonlyMap<string, Template>> {
    const templates = await this.#options.keeper.ask('getTemplates', { names: [...names] });
    templates.forEach((template) => {
      this.#note(template);
    });
    return new Map(templates.map((template) => [template.name, template]));
  }

  /** Every version of every template, the newest of each name first. Throws as {@link KeeperAsk.ask}. */
  async list(): Promise<readonly TemplateInfo[]> {
    const templates = await this.#options.keeper.ask('listTemplates', {});
    templates.forEach((template) => {
      this.#note(template);
    });
    return templates;
  }

  /**
   * Deletes all versions that are known of a name, or one. They can't be got any more; their bytes are there until
   * the trash is emptied, or {@link purge}.
   * @returns how many were deleted. Throws as `Vault.append` and {@link KeeperAsk.ask}.
   */
  async delete(name: string, version?: number): Promise<number> {
    const own = (await this.list()).filter(
      (template) =>
        template.name === name && (version === undefined || template.version === version),
    );
    const count = await this.#bury(own);
    if (count > 0) {
      this.#options.onAudited('delete');
    }
    return count;
  }

  /** Deletes all but the newest versions of a name. @returns how many. Throws as {@link delete}. */
  async prune(name: string, keep = keptVersions): Promise<number> {
    if (!Number.isInteger(keep) || keep < 1) {
      throw new RangeError('Pruning keeps one version at least');
    }
    const own = (await this.list()).filter((template) => template.name === name);
    return this.#bury(surplusTemplates(own, keep));
  }

  /**
   * Deletes a template, and removes its bytes from every file of the folder at once, from the trash too. Other
   * templates that were deleted before go with it. Copies of the folder elsewhere are beyond reach.
   * @returns false when a damaged file may still hold it. Throws as `Vault.makeSnapshot`; `busy`: try again.
   */
  async purge(name: string): Promise<boolean> {
    await this.delete(name);
    const { left } = await this.#options.keeper.ask('purgeTemplates', {});
    this.#options.onAudited('purgeTemplates');
    return left === 0;
  }

  async #bury(templates: readonly TemplateInfo[]): Promise<number> {
    const deletedMs = Math.max(0, Math.round(this.#options.clock.wallMs()));
    await this.#options.append(
      templates.map(({ id }) => ({ type: 'tombstone' as const, id, deletedMs })),
    );
    return templates.length;
  }

  /** A put goes on from no version of a time to come: nothing could come behind the last of them. */
  #latestVersion(): number {
    return latestVersionAt(this.#options.clock.wallMs());
  }

  #note(template: Pick<Template, 'name' | 'version'> | undefined): void {
    if (template !== undefined && template.version <= this.#latestVersion()) {
      const known = this.#versions.get(template.name) ?? 0;
      this.#versions.set(template.name, Math.max(known, template.version));
    }
  }
}
