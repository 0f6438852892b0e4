import assert from 'node:assert/strict';
import fc from 'fast-check';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { FocusError } from '../../../src/focus/focusError.ts';
import { GnomeProxy } from '../../../src/focus/proxy/gnomeProxy.ts';
import { ProxyBlocker } from '../../../src/focus/proxy/proxyBlocker.ts';
import { RestoreJournal } from '../../../src/focus/undo/restoreJournal.ts';
import type { SystemProxy } from '../../../src/focus/proxy/systemProxy.ts';
import { WindowsProxy } from '../../../src/focus/proxy/windowsProxy.ts';
import { FakeDesktop } from '../../support/fakeDesktop.ts';

class Killed extends Error {}

const later = Date.now() + 3_600_000;

for (const kind of ['gnome', 'windows'] as const) {
  describe(`the proxy setting of ${kind}`, () => {
    let folder: string;
    let desktop: FakeDesktop;
    const make = (step?: (name: string) => void): SystemProxy => {
      const hook = step === undefined ? {} : { step };
      const journal: RestoreJournal = new RestoreJournal(folder, () => [proxy.kind], step);
      const proxy: SystemProxy =
        kind === 'gnome'
          ? new GnomeProxy({
              journal,
              run: desktop.run,
              environment: { XDG_CURRENT_DESKTOP: 'GNOME' },
              ...hook,
            })
          : new WindowsProxy({ journal, run: desktop.run, platform: 'win32', ...hook });
      return proxy;
    };
    const setForeign = (): void => {
      desktop.gnome.set('mode', "'auto'").set('autoconfig-url', "'http://corp/pac'");
      desktop.registry.set('AutoConfigURL', 'http://corp/pac');
    };

    beforeEach(() => {
      folder = mkdtempSync(path.join(tmpdir(), 'millrace-proxy-'));
      desktop = new FakeDesktop();
    });

    afterEach(() => {
      rmSync(folder, { recursive: true });
    });

    it('comes back as it was, whatever stood there unused', async () => {
      desktop.gnome.set('autoconfig-url', "'http://old/pac'");
      desktop.registry.set('ProxyEnable', '0x0');
      const before = desktop.state;
      const proxy = make();
      await proxy.set('http://127.0.0.1:1/t/proxy.pac?list=1', later);
      assert.notDeepEqual(desktop.state, before);
      await proxy.set('http://127.0.0.1:1/t/proxy.pac?list=2', later);
      await make().restore();
      assert.deepEqual(desktop.state, before);
      await make().restore();
      assert.deepEqual(desktop.state, before);
    });

    it('replaces none that is there', async () => {
      setForeign();
      const before = desktop.state;
      const isInUse = (error: unknown): boolean => FocusError.is(error, 'proxyInUse');
      await assert.rejects(make().set('http://127.0.0.1:1/t/proxy.pac', later), isInUse);
      desktop.gnome.set('mode', "'manual'");
      desktop.registry.delete('AutoConfigURL');
      desktop.registry.set('ProxyEnable', '0x1');
      await assert.rejects(make().set('http://127.0.0.1:1/t/proxy.pac', later), isInUse);
      setForeign();
      desktop.registry.delete('ProxyEnable');
      assert.deepEqual(desktop.state, before);
    });

    it('is left alone where somebody has set another since', async () => {
      await make().set('http://127.0.0.1:1/t/proxy.pac', later);
      setForeign();
      const before = desktop.state;
      await make().restore();
      assert.deepEqual(desktop.state, before);
    });

    it('is restored after a death between any two steps', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.nat(30),
          fc.constantFrom('set', 'change', 'restore'),
          async (stopAt, when) => {
            desktop = new FakeDesktop();
            const before = desktop.state;
            let count = 0;
            const dying = make(() => {
              count += 1;
              if (count === stopAt) {
                throw new Killed();
              }
            });
            if (when !== 'set') {
              await make().set('http://127.0.0.1:1/t/proxy.pac?list=1', later);
            }
            try {
              await (when === 'restore'
                ? dying.restore()
                : dying.set('http://127.0.0.1:1/t/proxy.pac?list=2', later));
            } catch (error) {
              assert.ok(error instanceof Killed);
            }
            await make().restore();
            assert.deepEqual(desktop.state, before);
          },
        ),
      );
    });
  });
}

describe('the blocking proxy in two windows', () => {
  it('is served by one, and the other takes over', async () => {
    const options = {
      token: 'b'.repeat(32),
      wallMs: () => Date.now(),
      systemProxy: undefined,
      onBlocked: () => {},
    };
    const free = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => free.listen(0, '127.0.0.1', resolve));
    const address = free.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const one = new ProxyBlocker({ ...options, port });
    await assert.rejects(one.open(['a.example']), (error) => FocusError.is(error, 'portTaken'));
    await new Promise((resolve) => free.close(resolve));
    const two = new ProxyBlocker({ ...options, port });
    await one.open(['a.example']);
    await two.open(['a.example']);
    assert.deepEqual([one.isServing, two.isServing], [true, false]);
    const pac = await (await fetch(one.pacUrl)).text();
    assert.match(pac, /"a\.example": true/);
    assert.equal((await fetch(one.pacUrl.replace('bbbb', 'cccc'))).status, 404);
    await one.close();
    await two.open(['a.example']);
    assert.ok(two.isServing);
    await two.close();
  });
});
