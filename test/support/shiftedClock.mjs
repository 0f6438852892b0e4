// Loaded before everything else (`node --import`), so that a process, its threads and its children live at another time:
// MILLRACE_TEST_CLOCK names the moment that is to be `now`, as `Date` reads it (`2028-02-29T23:50`: in the zone of TZ).
// It shifts `Date` and the times that files have, since a file that is written now has to be as old as now. Nothing
// else is shifted: timers and the monotonic clock are the machine's.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import threads from 'node:worker_threads';

const RealDate = globalThis.Date;
const realNow = RealDate.now;

// Those that this process starts go on from the same shift, not from the same moment.
process.env.MILLRACE_TEST_CLOCK_SHIFT_MS ??= String(
  new RealDate(process.env.MILLRACE_TEST_CLOCK ?? NaN).getTime() - realNow(),
);
const shiftMs = Number(process.env.MILLRACE_TEST_CLOCK_SHIFT_MS);
if (!Number.isFinite(shiftMs)) {
  throw new Error(`MILLRACE_TEST_CLOCK is no moment: ${process.env.MILLRACE_TEST_CLOCK ?? ''}`);
}

RealDate.now = () => realNow() + shiftMs;
globalThis.Date = new Proxy(RealDate, {
  apply: () => new RealDate(RealDate.now()).toString(),
  construct: (target, parameters, newTarget) =>
    Reflect.construct(target, parameters.length === 0 ? [RealDate.now()] : parameters, newTarget),
});
RealDate.prototype.constructor = globalThis.Date;

/** @param {fs.Stats | fs.BigIntStats | undefined} stats */
function shiftStats(stats) {
  for (const name of stats === undefined ? [] : ['atime', 'mtime', 'ctime', 'birthtime']) {
    const realMs = stats[`${name}Ms`];
    if (typeof realMs === 'bigint') {
      const shift = BigInt(Math.round(shiftMs));
      stats[`${name}Ms`] = realMs + shift;
      stats[`${name}Ns`] += shift * 1_000_000n;
    } else {
      stats[`${name}Ms`] = realMs + shiftMs;
    }
    stats[name] = new RealDate(Number(realMs) + shiftMs);
  }
  return stats;
}

/** What `utimes` takes (seconds, in digits too, or a `Date`), as the file system is to have it: as a `Date`, which may be early. */
function unshiftTime(time) {
  return new RealDate(Number(time) * (time instanceof RealDate ? 1 : 1000) - shiftMs);
}

function wrap(holder, name, wrapper) {
  holder[name] = Object.assign(wrapper(holder[name]), holder[name]);
}

const handle = await fs.promises.open(process.execPath);
const fileHandle = Object.getPrototypeOf(handle);
await handle.close();

for (const name of ['stat', 'lstat', 'fstat']) {
  wrap(fs, name, (real) => (...parameters) => {
    const done = parameters.pop();
    return real(...parameters, (error, stats) => done(error, shiftStats(stats)));
  });
  wrap(
    fs,
    `${name}Sync`,
    (real) =>
      (...parameters) =>
        shiftStats(real(...parameters)),
  );
}
for (const [holder, name] of [
  [fs.promises, 'stat'],
  [fs.promises, 'lstat'],
  [fileHandle, 'stat'],
]) {
  wrap(
    holder,
    name,
    (real) =>
      async function (...parameters) {
        return shiftStats(await real.apply(this, parameters));
      },
  );
}
for (const [holder, name] of [
  [fs, 'utimes'],
  [fs, 'utimesSync'],
  [fs, 'futimes'],
  [fs, 'futimesSync'],
  [fs, 'lutimes'],
  [fs, 'lutimesSync'],
  [fs.promises, 'utimes'],
  [fs.promises, 'lutimes'],
]) {
  wrap(
    holder,
    name,
    (real) =>
      (file, atime, mtime, ...rest) =>
        real(file, unshiftTime(atime), unshiftTime(mtime), ...rest),
  );
}
wrap(
  fileHandle,
  'utimes',
  (real) =>
    function (atime, mtime) {
      return real.call(this, unshiftTime(atime), unshiftTime(mtime));
    },
);

// A child process gets this file by NODE_OPTIONS; a thread doesn't.
threads.Worker = class extends threads.Worker {
  constructor(file, options = {}) {
    const execArgv = [...(options.execArgv ?? process.execArgv), `--import=${import.meta.url}`];
    super(file, { ...options, execArgv });
  }
};

syncBuiltinESMExports();
