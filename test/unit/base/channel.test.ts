import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Channel, ChannelError, type Guard, type Transport } from '../../../src/base/channel.ts';
import { Emitter } from '../../../src/base/emitter.ts';
import { MemoryLog } from '../../support/memoryLog.ts';
import { rethrow } from '../../support/rethrow.ts';

const isNumber: Guard<number> = (value): value is number => typeof value === 'number';
const isText: Guard<string> = (value): value is string => typeof value === 'string';

const calculator = {
  requests: { double: { params: isNumber, result: isNumber } },
  events: { tick: isNumber },
} as const;
const screen = { requests: {}, events: { typed: isText } } as const;

class Failure extends Error {
  readonly reason = 'tooLarge';
}

class Wire {
  readonly #toOther = new Emitter<unknown>(rethrow);
  readonly #toOwn = new Emitter<unknown>(rethrow);
  readonly own: Transport = {
    post: (message) => {
      this.#toOther.fire(structuredClone(message));
    },
    onMessage: this.#toOwn.event,
  };
  readonly other: Transport = {
    post: (message) => {
      this.#toOwn.fire(structuredClone(message));
    },
    onMessage: this.#toOther.event,
  };
}

function pair(double: (value: number) => Promise<number> | number, timeoutMs = 1_000) {
  const wire = new Wire();
  const log = new MemoryLog();
  const host = new Channel({
    transport: wire.own,
    own: calculator,
    other: screen,
    handlers: { double },
    log,
    timeoutMs,
  });
  const view = new Channel({
    transport: wire.other,
    own: screen,
    other: calculator,
    handlers: {},
    log,
    timeoutMs,
  });
  return { wire, log, host, view };
}

describe('Channel', () => {
  it('brings each request its own reply, in whatever order they come', async () => {
    const { host, view } = pair(async (value) => {
      await new Promise((resolve) => setTimeout(resolve, 10 - value));
      return value * 2;
    });
    const values = [1, 2, 3, 4, 5];
    const replies = await Promise.all(values.map((value) => view.request('double', value)));
    assert.deepEqual(replies, [2, 4, 6, 8, 10]);
    host.dispose();
    view.dispose();
  });

  it("gives an error's reason instead of leaving the other end waiting", async () => {
    const { host, view, log } = pair(() => {
      throw new Failure('the text stays here');
    });
    await assert.rejects(view.request('double', 1), (error) => {
      assert.ok(ChannelError.is(error, 'refused'));
      assert.equal(error.detail, 'tooLarge');
      return true;
    });
    assert.ok(!log.text.includes('the text stays here'));
    host.dispose();
    view.dispose();
  });

  it('rejects what gets no reply in time, and what is pending at the end', async () => {
    const never = new Promise<number>(() => {});
    const { host, view } = pair(() => never, 20);
    await assert.rejects(view.request('double', 1), (error) => ChannelError.is(error, 'timeout'));
    const pending = view.request('double', 1);
    view.dispose();
    await assert.rejects(pending, (error) => ChannelError.is(error, 'disposed'));
    await assert.rejects(view.request('double', 1), (error) => ChannelError.is(error, 'disposed'));
    host.dispose();
  });

  it('hears events until a listener is disposed', () => {
    const { host, view } = pair((value) => value);
    const heard: number[] = [];
    const listening = view.on('tick', (value) => heard.push(value));
    host.send('tick', 1);
    listening.dispose();
    host.send('tick', 2);
    assert.deepEqual(heard, [1]);
    host.dispose();
    view.dispose();
  });

  it('lets the others hear when a listener throws, and logs it', () => {
    const { host, view, log } = pair((value) => value);
    const heard: number[] = [];
    view.on('tick', () => {
      throw new Failure('the text stays here');
    });
    view.on('tick', (value) => heard.push(value));
    host.send('tick', 1);
    assert.deepEqual(heard, [1]);
    assert.deepEqual(log.lines, [
      {
        level: 'error',
        message: 'A listener of tick failed',
        fields: { error: 'Error', reason: 'tooLarge' },
      },
    ]);
    host.dispose();
    view.dispose();
  });

  it('drops whatever is no message of its contract, and logs each kind once', () => {
    const handled: number[] = [];
    const { host, view, wire, log } = pair((value) => {
      handled.push(value);
      return value;
    });
    const hostile = fc.oneof(
      fc.anything(),
      fc.record({
        kind: fc.constantFrom('request', 'reply', 'event', '__proto__'),
        id: fc.oneof(fc.nat(), fc.string()),
        name: fc.constantFrom('double', 'typed', 'constructor', '__proto__', 'toString'),
        params: fc.oneof(fc.string(), fc.constant({ __proto__: { polluted: true } })),
        payload: fc.nat(),
      }),
    );
    fc.assert(
      fc.property(hostile, (message) => {
        wire.other.post(message);
      }),
      { numRuns: 500 },
    );
    assert.deepEqual(handled, []);
    assert.equal(Object.hasOwn(Object.prototype, 'polluted'), false);
    const messages = log.lines.map(({ message }) => message);
    assert.equal(new Set(messages).size, messages.length);
    host.dispose();
    view.dispose();
  });

  it('refuses a result of the wrong shape', async () => {
    // The other end may run another version; its types promise nothing here.
    const { host, view } = pair(() => 'four' as unknown as number);
    await assert.rejects(view.request('double', 2), (error) => ChannelError.is(error, 'malformed'));
    host.dispose();
    view.dispose();
  });
});
