import { ReasonedError } from '../base/errors.ts';

export type FocusFailure =
  /** The place that has to be written is read-only, or another user's. */
  | 'notWritable'
  /** There is a BEGIN mark without its END: nothing is changed, since nobody knows where it should end. */
  | 'damagedSection'
  /** Lines of the hosts file block names of ours, and nobody can tell whether they are ours. */
  | 'unsure'
  /** Entries of ours are still in the hosts file, though they were taken out. */
  | 'notUndone'
  /** It is blocked, but other lines of the hosts file give a name an address. */
  | 'pinned'
  /** The helper that is installed is an earlier version's, which can't do what is asked. */
  | 'helperOld'
  /** What has to be changed kept changing under us. */
  | 'contended'
  /** Another program's proxy or configuration address is set; it is not replaced. */
  | 'proxyInUse'
  /** The system has no setting that can be set and restored without more rights. */
  | 'unsupported'
  /** The port is taken by a program that is not ours. */
  | 'portTaken'
  /** The helper is missing, or refused what it was asked. */
  | 'helperFailed'
  /** A name is none that the method can block. */
  | 'badName'
  /** A state or journal file holds something that is not ours. */
  | 'malformed';

/** What went wrong in a focus session or a block. The text says what to do; it never holds a name or path. */
export class FocusError extends ReasonedError<FocusFailure> {
  static readonly domain = 'Focus';
  /** The lines of the hosts file that it is about, from 1 on. */
  readonly lines: readonly number[];

  constructor(
    reason: FocusFailure,
    message: string,
    cause?: unknown,
    lines: readonly number[] = [],
  ) {
    super(FocusError.domain, reason, message, { cause });
    this.lines = lines;
  }
}
