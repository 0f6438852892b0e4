import type { Clock } from '../base/clock.ts';
import type { KeeperClient } from './keeper/keeperClient.ts';
import type { VaultRecord } from './record.ts';
import {
  keptVersions,
  packTemplate,
  surplusTemplates,
  type Template,
  type TemplateInfo,
} from './database/templateStore.ts';

export interface VaultTemplatesOptions {
  readonly append: (records: readonly VaultRecord[]) => Promise<void>;
  readonly keeper: KeeperClient;
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

  async put(name: string, bytes: Uint8Array): Promise<number> {
    const createdMs = Math.max(0, Math.round(this.#options.clock.wallMs()));
    // Seconds since 1970: they grow over all windows without asking anyone, and fit until 2106.
    const version = Math.max(Math.floor(createdMs / 1000), (this.#versions.get(name) ?? 0) + 1);
    this.#versions.set(name, version);
    await this.#options.append([await packTemplate(name, version, createdMs, bytes)]);
    return version;
  }

  async get(name: string, version?: number): Promise<Template | undefined> {
    const template = await this.#options.keeper.getTemplate(name, version);
    this.#note(template);
    return template;
  }

  async getMany(names: readonly string[]): Promise<ReadonlyMap<string, Template>> {
    const templates = await this.#options.keeper.getTemplates(names);
    templates.forEach((template) => {
      this.#note(template);
    });
    return new Map(templates.map((template) => [template.name, template]));
  }

  async list(): Promise<readonly TemplateInfo[]> {
    const templates = await this.#options.keeper.listTemplates();
    templates.forEach((template) => {
      this.#note(template);
    });
    return templates;
  }

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

  async prune(name: string, keep = keptVersions): Promise<number> {
    if (!Number.isInteger(keep) || keep < 1) {
      throw new RangeError('Pruning keeps one version at least');
    }
    const own = (await this.list()).filter((template) => template.name === name);
    return this.#bury(surplusTemplates(own, keep));
  }

  async purge(name: string): Promise<boolean> {
    await this.delete(name);
    const { left } = await this.#options.keeper.purgeTemplates();
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

  #note(template: Pick<Template, 'name' | 'version'> | undefined): void {
    if (template !== undefined) {
      const known = this.#versions.get(template.name) ?? 0;
      this.#versions.set(template.name, Math.max(known, template.version));
    }
  }
}
