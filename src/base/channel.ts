import { DisposableStore, toDisposable, type Disposable } from './disposable.ts';
import { ReasonedError } from './errors.ts';
import { describeError, type Log, type LogFields } from './log.ts';

/**
 * One way of talking for host <-> keeper and host <-> dashboard: requests with replies, and events, over
 * anything that can post a message. Each end guards what arrives, as nothing says who sent it.
 */

/** Tells whether a value that arrived has the shape it should have. */
export type Guard<T> = (value: unknown) => value is T;

/** What one end offers: the requests it answers and the events it sends. Everything else derives from it. */
export interface Contract {
  readonly requests: Readonly<
    Record<string, { readonly params: Guard<unknown>; readonly result: Guard<unknown> }>
  >;
  readonly events: Readonly<Record<string, Guard<unknown>>>;
}

type Guarded<G> = G extends Guard<infer T> ? T : never;
export type RequestName<C extends Contract> = keyof C['requests'] & string;
type EventName<C extends Contract> = keyof C['events'] & string;
export type Params<C extends Contract, N extends RequestName<C>> = Guarded<
  C['requests'][N]['params']
>;
export type Result<C extends Contract, N extends RequestName<C>> = Guarded<
  C['requests'][N]['result']
>;
export type Payload<C extends Contract, N extends EventName<C>> = Guarded<C['events'][N]>;

/** The functions that answer a contract's requests. */
export type Handlers<C extends Contract> = {
  readonly [N in RequestName<C>]: (params: Params<C, N>) => Promise<Result<C, N>> | Result<C, N>;
};

/** The wire below a channel. `onMessage` may be called before anything has been posted. */
export interface Transport {
  post(message: unknown): void;
  onMessage(listener: (message: unknown) => void): Disposable;
}

export type ChannelFailure = 'disposed' | 'timeout' | 'malformed' | 'refused';

/** Why a request got no result. `refused`: the other end answered with an error, whose reason is in `detail`. */
export class ChannelError extends ReasonedError<ChannelFailure> {
  static readonly domain = 'Channel';
  readonly detail: string | undefined;

  constructor(reason: ChannelFailure, request: string, detail?: string) {
    const why = detail === undefined ? reason : `${reason} (${detail})`;
    super(ChannelError.domain, reason, `Request ${request} failed: ${why}`);
    this.detail = detail;
  }
}

export interface ChannelOptions<Own extends Contract, Other extends Contract> {
  readonly transport: Transport;
  readonly own: Own;
  readonly other: Other;
  readonly handlers: Handlers<Own>;
  readonly log: Log;
  /** How long a request may stay without a reply before it rejects with `timeout`. */
  readonly timeoutMs: number;
}

interface Pending {
  readonly name: string;
  readonly guard: Guard<unknown>;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: ChannelError) => void;
  readonly timer: ReturnType<typeof setTimeout>;
}

type Fields = Readonly<Record<string, unknown>>;

const maxDistinctComplaints = 50;
/** How many failures of each request and each event's listeners are logged. */
const maxLoggedFailures = 20;

/** One end of a typed line. Disposing it rejects what is pending; the transport stays its owner's. */
export class Channel<Own extends Contract, Other extends Contract> implements Disposable {
  readonly #options: ChannelOptions<Own, Other>;
  readonly #store = new DisposableStore();
  readonly #pending = new Map<number, Pending>();
  readonly #listeners = new Map<string, Set<(payload: unknown) => void>>();
  readonly #complaints = new Set<string>();
  readonly #failures = new Map<string, number>();
  #nextId = 1;

  constructor(options: ChannelOptions<Own, Other>) {
    this.#options = options;
    this.#store.add(
      options.transport.onMessage((message) => {
        this.#receive(message);
      }),
    );
  }

  /**
   * Asks the other end.
   * @throws {ChannelError} `refused`, `malformed` (a result of the wrong shape), `timeout` or `disposed`.
   */
  request<N extends RequestName<Other>>(
    name: N,
    params: Params<Other, N>,
  ): Promise<Result<Other, N>> {
    const entry = ownEntry(this.#options.other.requests, name);
    if (entry === undefined || this.#store.isDisposed) {
      return Promise.reject(new ChannelError('disposed', name));
    }
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#pending.delete(id);
        reject(new ChannelError('timeout', name));
      }, this.#options.timeoutMs);
      this.#pending.set(id, {
        name,
        guard: entry.result,
        // The guard of this very request has been passed when this is called.
        resolve: (result) => {
          resolve(result as Result<Other, N>);
        },
        reject,
        timer,
      });
      this.#options.transport.post({ kind: 'request', id, name, params });
    });
  }

  /** Tells the other end; nothing comes back. */
  send<N extends EventName<Own>>(name: N, payload: Payload<Own, N>): void {
    if (!this.#store.isDisposed) {
      this.#options.transport.post({ kind: 'event', name, payload });
    }
  }

  /** Hears the other end's events of one name. A listener that throws does not keep the others from hearing. */
  on<N extends EventName<Other>>(
    name: N,
    listener: (payload: Payload<Other, N>) => void,
  ): Disposable {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners);
    const own = (payload: unknown): void => {
      // The event's guard has been passed when listeners are called.
      listener(payload as Payload<Other, N>);
    };
    listeners.add(own);
    return toDisposable(() => listeners.delete(own));
  }

  dispose(): void {
    this.#store.dispose();
    for (const pending of this.#pending.values()) {
      clearTimeout(pending.timer);
      pending.reject(new ChannelError('disposed', pending.name));
    }
    this.#pending.clear();
    this.#listeners.clear();
  }

  #receive(message: unknown): void {
    if (!isFields(message)) {
      this.#complain('a message that is no object');
    } else if (message['kind'] === 'request') {
      this.#serve(message);
    } else if (message['kind'] === 'reply') {
      this.#settle(message);
    } else if (message['kind'] === 'event') {
      this.#hear(message);
    } else {
      this.#complain('a message of an unknown kind');
    }
  }

  #serve(message: Fields): void {
    const { id, name, params } = message;
    if (typeof id !== 'number' || typeof name !== 'string') {
      this.#complain('a request without id or name');
      return;
    }
    const { transport, own, handlers } = this.#options;
    const refuse = (reason: string): void => {
      if (!this.#store.isDisposed) {
        transport.post({ kind: 'reply', id, ok: false, reason });
      }
    };
    const entry = ownEntry(own.requests, name);
    // `handlers` has exactly the names of `own.requests`, and params passed that entry's guard.
    const handler = ownEntry(
      handlers as Readonly<Record<string, (params: unknown) => unknown>>,
      name,
    );
    if (entry === undefined || handler === undefined) {
      this.#complain('a request of an unknown name');
      refuse('unknown');
      return;
    }
    if (!entry.params(params)) {
      this.#complain(`parameters of the wrong shape for ${name}`);
      refuse('malformed');
      return;
    }
    const answer = async (): Promise<void> => {
      try {
        const result = await handler(params);
        if (!this.#store.isDisposed) {
          transport.post({ kind: 'reply', id, ok: true, result });
        }
      } catch (error) {
        const fields = describeError(error);
        this.#logFailure(`Request ${name} failed`, fields);
        refuse(String(fields['reason'] ?? 'internal'));
      }
    };
    void answer();
  }

  #settle(message: Fields): void {
    const pending =
      typeof message['id'] === 'number' ? this.#pending.get(message['id']) : undefined;
    if (pending === undefined || typeof message['id'] !== 'number') {
      // A reply that came after its time-out, or that was never asked for.
      return;
    }
    this.#pending.delete(message['id']);
    clearTimeout(pending.timer);
    if (message['ok'] !== true) {
      const detail = typeof message['reason'] === 'string' ? message['reason'] : 'internal';
      pending.reject(new ChannelError('refused', pending.name, detail));
    } else if (pending.guard(message['result'])) {
      pending.resolve(message['result']);
    } else {
      this.#complain(`a result of the wrong shape for ${pending.name}`);
      pending.reject(new ChannelError('malformed', pending.name));
    }
  }

  #hear(message: Fields): void {
    const { name, payload } = message;
    const guard = typeof name === 'string' ? ownEntry(this.#options.other.events, name) : undefined;
    if (guard === undefined || typeof name !== 'string') {
      this.#complain('an event of an unknown name');
      return;
    }
    if (!guard(payload)) {
      this.#complain(`a payload of the wrong shape for ${name}`);
      return;
    }
    for (const listener of [...(this.#listeners.get(name) ?? [])]) {
      try {
        listener(payload);
      } catch (error) {
        this.#logFailure(`A listener of ${name} failed`, describeError(error));
      }
    }
  }

  /** Logs each kind of failure so many times only; what always fails fills no log. */
  #logFailure(what: string, fields: LogFields): void {
    const failures = (this.#failures.get(what) ?? 0) + 1;
    this.#failures.set(what, failures);
    if (failures <= maxLoggedFailures) {
      this.#options.log.error(what, fields);
    }
  }

  /** Logs each kind of complaint once, so that a flood of bad messages fills no log. */
  #complain(what: string): void {
    if (!this.#complaints.has(what) && this.#complaints.size < maxDistinctComplaints) {
      this.#complaints.add(what);
      this.#options.log.warn(`Dropped ${what}; more of its kind are dropped silently`);
    }
  }
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}

/** Looks up an own property only, so that a message named `constructor` finds nothing. */
function ownEntry<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
