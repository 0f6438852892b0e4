import type { Socket } from 'node:net';

/** Half of a connection that is left alone ends after so long without a byte. */
const usualLingerMs = 5 * 60_000;
/** And a whole one. A browser keeps one for minutes that it has no use for; one that is in use and silent has pings. */
export const usualIdleMs = 30 * 60_000;
/** After so long without a byte the system asks whether the other end is still there. */
const keepAliveMs = 60_000;
const connectMs = 60_000;

export interface JoiningOptions {
  /** How long a half may be left alone. */
  readonly lingerMs?: number | undefined;
  /** How long neither may say anything. */
  readonly idleMs?: number | undefined;
}

/**
 * Joins two connected sockets: what one says the other hears, at the pace of the slower. They end together. An end is
 * passed on after all that came before it, and the other half may finish; a break is passed on as a break, since only
 * that tells a reply that was cut off from one that is whole.
 */
export function joinSockets(
  near: Socket,
  far: Socket,
  { lingerMs = usualLingerMs, idleMs = usualIdleMs }: JoiningOptions = {},
): void {
  far.setKeepAlive(true, keepAliveMs);
  // What either says goes through the near one.
  near.setTimeout(idleMs, () => {
    near.resetAndDestroy();
    far.resetAndDestroy();
  });
  passOn(near, far, lingerMs);
  passOn(far, near, lingerMs);
}

/** Gives up on a connection that is not there in time. */
export function limitConnecting(socket: Socket, onLate: () => void): void {
  socket.setTimeout(connectMs, onLate);
  socket.once('connect', () => {
    socket.setTimeout(0);
    socket.removeListener('timeout', onLate);
    socket.setKeepAlive(true, keepAliveMs);
  });
}

/** Says a last word, and does not wait long for it to be heard. */
export function endSocket(socket: Socket, text: string): void {
  socket.setTimeout(connectMs, () => {
    socket.destroy();
  });
  socket.resume();
  socket.end(text);
}

function passOn(from: Socket, to: Socket, linger: number): void {
  let isBroken = false;
  from.on('error', () => {
    isBroken = true;
  });
  const limitRest = (): void => {
    to.setTimeout(linger, () => {
      from.resetAndDestroy();
      to.resetAndDestroy();
    });
  };
  if (from.readableEnded) {
    limitRest();
  } else {
    from.once('end', limitRest);
  }
  from.once('close', () => {
    if (isBroken || !from.readableEnded) {
      to.resetAndDestroy();
    } else {
      // What it said is still on its way; what would be said to it can't arrive any more.
      to.unpipe(from);
      to.end(() => {
        to.destroy();
      });
    }
  });
  from.pipe(to);
}
