import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../base/disposable.ts';
import { Emitter, type Event } from '../../base/emitter.ts';
import { readSettings, type Settings } from './settingValues.ts';

/** Keeps {@link Settings} in step with the editor's configuration. */
export class SettingsSource implements Disposable {
  readonly #store = new DisposableStore();
  readonly #didChange: Emitter<Settings>;
  readonly #rejected: (name: string) => void;
  #current: Settings;

  constructor(rejected: (name: string) => void, onListenerError: (error: unknown) => void) {
    this.#rejected = rejected;
    this.#didChange = this.#store.add(new Emitter(onListenerError));
    this.#current = this.#read();
    this.#store.add(
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('millrace')) {
          this.#current = this.#read();
          this.#didChange.fire(this.#current);
        }
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

  #read(): Settings {
    const configuration = vscode.workspace.getConfiguration('millrace');
    return readSettings((name) => configuration.get<unknown>(name), this.#rejected);
  }
}
