import { DisposableStore, type Disposable } from '../../base/disposable.ts';
import type { Event } from '../../base/emitter.ts';
import { runDetached, type Log } from '../../base/log.ts';
import type { RecordedMinute } from '../../tracking/tracker.ts';
import type { Session } from '../../tracking/session.ts';
import type { MinuteRecord, SessionRecord, VaultRecord } from '../../vault/record.ts';

/** What takes records and answers once they are durable. */
export interface RecordSink {
  append(records: readonly VaultRecord[]): Promise<void>;
}

export interface RecordedEvents {
  readonly onDidRecord: Event<RecordedMinute>;
  readonly onDidEndSession: Event<Session>;
}

/** Turns what the tracker hands on into the vault's records, off the event path. */
export class VaultRecorder implements Disposable {
  readonly #store = new DisposableStore();
  readonly #sink: RecordSink;
  readonly #log: Log;
  readonly #saved: () => void;
  #knownSession = '';

  /** @param saved is called each time records have become durable */
  constructor(from: RecordedEvents, sink: RecordSink, log: Log, saved: () => void) {
    this.#sink = sink;
    this.#log = log;
    this.#saved = saved;
    this.#store.add(
      from.onDidRecord((recorded) => {
        this.#recordMinute(recorded);
      }),
    );
    this.#store.add(
      from.onDidEndSession((session) => {
        // A session without a single minute is nobody's work.
        if (session.id === this.#knownSession) {
          this.#append([sessionRecord(session)]);
        }
      }),
    );
  }

  dispose(): void {
    this.#store.dispose();
  }

  #recordMinute({ session, sample }: RecordedMinute): void {
    const minute: MinuteRecord = {
      type: 'minute',
      session: session.id,
      zoneOffsetMinutes: session.zoneOffsetMinutes,
      origin: 'recorded',
      sample,
    };
    const isNew = session.id !== this.#knownSession;
    this.#knownSession = session.id;
    this.#append(isNew ? [sessionRecord(session), minute] : [minute]);
  }

  #append(records: readonly VaultRecord[]): void {
    const work = this.#sink.append(records).then(this.#saved);
    runDetached(this.#log, 'Saving', work);
  }
}

/** What the vault keeps of a session beside its minutes. */
export function sessionRecord(session: Session): SessionRecord {
  return {
    type: 'session',
    id: session.id,
    startMs: session.startMs,
    endMs: session.endMs,
    zoneOffsetMinutes: session.zoneOffsetMinutes,
    origin: 'recorded',
  };
}
