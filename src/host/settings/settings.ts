import { isDeepStrictEqual } from 'node:util';
import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../base/disposable.ts';
import { Emitter, type Event } from '../../base/emitter.ts';
import { readSettings } from './readSettings.ts';
import type { Settings } from './settingTable.ts';

type ConfiguredWorkspace = Pick<
  typeof vscode.workspace,
  'getConfiguration' | 'onDidChangeConfiguration'
>;

/** Keeps {@link Settings} in step with the editor's configuration. */
export class SettingsSource implements Disposable {
  readonly #store = new DisposableStore();
  readonly #didChange: Emitter<Settings>;
  readonly #rejected: (name: string) => void;
  readonly #workspace: ConfiguredWorkspace;
  #current: Settings;

  constructor(
    rejected: (name: string) => void,
    onListenerError: (error: unknown) => void,
    workspace: ConfiguredWorkspace = vscode.workspace,
  ) {
    this.#workspace = workspace;
    this.#rejected = rejected;
    this.#didChange = this.#store.add(new Emitter(onListenerError));
    const { settings, outOfRange } = this.#read();
    this.#current = settings;
    outOfRange.forEach(rejected);
    this.#store.add(
      workspace.onDidChangeConfiguration((event) => {
        this.#changed(event.affectsConfiguration('millrace'));
      }),
    );
  }

  get current(): Settings {
    return this.#current;
  }

  get onDidChange(): Event<Settings> {
    return this.#didChange.event;
  }

  dispose(): void {
    this.#store.dispose();
  }

  /**
   * While a window starts on a busy machine, VS Code may bring the values of settings for this machine late, with an event
   * that does not name them.
   */
  #changed(isNamed: boolean): void {
    const { settings, outOfRange } = this.#read();
    if (isNamed || !isDeepStrictEqual(settings, this.#current)) {
      this.#current = settings;
      outOfRange.forEach(this.#rejected);
      this.#didChange.fire(settings);
    }
  }

  #read(): { readonly settings: Settings; readonly outOfRange: readonly string[] } {
    const configuration = this.#workspace.getConfiguration('millrace');
    const outOfRange: string[] = [];
    const settings = readSettings(
      (name) => configuration.get<unknown>(name),
      (name) => outOfRange.push(name),
    );
    return { settings, outOfRange };
  }
}
