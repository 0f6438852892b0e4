import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ChannelError, type Guard } from '../../../src/base/channel.ts';
import { nothingOffered, Thread } from '../../../src/threads/thread.ts';
import { ThreadOnDemand } from '../../../src/threads/threadOnDemand.ts';
import { bundleChild } from '../../support/childBundle.ts';
import { MemoryLog } from '../../support/memoryLog.ts';
import { waitFor } from '../../support/waitFor.ts';
import { countingContract } from './countingContract.ts';

const isNumber: Guard<number> = (value): value is number => typeof value === 'number';

describe('a thread', () => {
  let folder: string;
  let log: MemoryLog;
  let counting: Awaited<ReturnType<typeof bundleChild>>;

  before(async () => {
    counting = await bundleChild('test/unit/threads/countingThread.ts');
  });

  after(() => counting.remove());

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'millrace-thread-'));
    log = new MemoryLog();
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  const counter = (): ThreadOnDemand<typeof countingContract> =>
    new ThreadOnDemand({
      name: 'counting',
      file: counting.file,
      data: { step: 2 },
      contract: countingContract,
      prepare: (channel) => channel.request('setTo', 10),
      log,
      timeoutMs: 10_000,
      idleMs: 60_000,
    });

  it('is prepared once, answers, and begins anew after it has ended', async () => {
    const thread = counter();
    assert.equal(thread.isRunning, false, 'nobody has asked');
    assert.deepEqual(await Promise.all([thread.ask('count', 1), thread.ask('count', 1)]), [12, 14]);
    thread.end();
    assert.equal(thread.isRunning, false);
    assert.equal(await thread.ask('count', 1), 12);
    thread.dispose();
    await assert.rejects(thread.ask('count', 1), (error) => ChannelError.is(error, 'disposed'));
  });

  it('answers an error with its reason, and says so in the log of the host', async () => {
    const thread = counter();
    await assert.rejects(
      thread.ask('count', -1),
      (error) => ChannelError.is(error, 'refused') && error.detail === 'backwards',
    );
    assert.equal(await thread.ask('count', 1), 12, 'the thread is still there');
    assert.deepEqual(
      log.lines.filter(({ level }) => level === 'error').map(({ message }) => message),
      ['Request count failed'],
    );
    thread.dispose();
  });

  it('is there for one question after it has died of another', async () => {
    const thread = counter();
    await assert.rejects(thread.ask('count', 0), (error) => ChannelError.is(error, 'disposed'));
    await waitFor('both deaths to be told', () => log.lines.length >= 2);
    assert.deepEqual(log.lines[0], {
      level: 'error',
      message: 'A thread died',
      fields: { thread: 'counting', error: 'Error' },
    });
    assert.equal(await thread.ask('count', 1), 12);
    thread.dispose();
  });

  it('drops what fits neither contract nor log, and says so once', async () => {
    const file = path.join(folder, 'odd.cjs');
    await writeFile(
      file,
      `const { parentPort } = require('node:worker_threads');
       const odd = [
         { kind: 'log', level: 'constructor', message: 'made up', fields: {} },
         { kind: 'log', level: 'error', message: 1, fields: {} },
         { kind: 'log', level: 'error', message: 'made up', fields: { of: {} } },
       ];
       for (const message of [...odd, ...odd]) parentPort.postMessage(message);
       parentPort.postMessage({ kind: 'log', level: 'info', message: 'whole', fields: { count: 1 } });
       parentPort.postMessage({ kind: 'event', name: 'ticked', payload: 7 });`,
    );
    const thread = new Thread(nothingOffered, {
      name: 'odd',
      file,
      data: {},
      contract: { requests: {}, events: { ticked: isNumber } },
      log,
      timeoutMs: 10_000,
      holdsProcess: true,
    });
    const heard: number[] = [];
    thread.channel.on('ticked', (value) => heard.push(value));
    await waitFor('the last message', () => heard.length > 0);
    assert.deepEqual(log.lines, [
      {
        level: 'warn',
        message: 'Dropped a message of an unknown kind; more of its kind are dropped silently',
        fields: undefined,
      },
      { level: 'info', message: 'whole', fields: { count: 1 } },
    ]);
    thread.dispose();
  });
});
