/** The few parts of the browsers' extension API that the companion uses; `chrome` is there in Firefox as well. */
interface ExtensionEvent<Listener> {
  addListener(listener: Listener): void;
}

interface ExtensionTab {
  readonly id?: number;
  readonly url?: string;
  readonly pendingUrl?: string;
}

interface MessageSender {
  readonly tab?: ExtensionTab;
  readonly frameId?: number;
  readonly url?: string;
}

interface ExtensionStorage {
  get(keys: string | readonly string[]): Promise<Record<string, unknown>>;
  set(items: Readonly<Record<string, unknown>>): Promise<void>;
  remove(keys: string | readonly string[]): Promise<void>;
}

interface NetRule {
  readonly id: number;
  readonly priority: number;
  readonly action: Readonly<Record<string, unknown>>;
  readonly condition: Readonly<Record<string, unknown>>;
}

declare const chrome: {
  readonly runtime: {
    getURL(path: string): string;
    sendMessage(message: unknown): Promise<unknown>;
    readonly onMessage: ExtensionEvent<
      (message: unknown, sender: MessageSender, answer: (value: unknown) => void) => boolean
    >;
    readonly onStartup: ExtensionEvent<() => void>;
    readonly onInstalled: ExtensionEvent<() => void>;
  };
  readonly i18n: {
    getMessage(name: string, values?: readonly string[]): string;
  };
  readonly storage: { readonly local: ExtensionStorage; readonly session: ExtensionStorage };
  readonly alarms: {
    create(
      name: string,
      info: { readonly when?: number; readonly periodInMinutes?: number },
    ): Promise<void>;
    clear(name: string): Promise<boolean>;
    readonly onAlarm: ExtensionEvent<(alarm: { readonly name: string }) => void>;
  };
  readonly tabs: {
    query(query: { readonly url?: readonly string[] }): Promise<readonly ExtensionTab[]>;
    get(id: number): Promise<ExtensionTab>;
    goBack(id: number): Promise<void>;
    update(id: number, change: { readonly url: string }): Promise<unknown>;
    readonly onUpdated: ExtensionEvent<
      (id: number, change: { readonly url?: string }, tab: ExtensionTab) => void
    >;
  };
  readonly declarativeNetRequest: {
    getSessionRules(): Promise<readonly NetRule[]>;
    updateSessionRules(change: {
      readonly removeRuleIds?: readonly number[];
      readonly addRules?: readonly NetRule[];
    }): Promise<void>;
  };
};
