import assert from 'node:assert/strict';
import fc from 'fast-check';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { FocusError } from '../../../src/focus/focusError.ts';
import { parseConnectionSettings } from '../../../src/focus/proxy/connectionSettings.ts';
import { GnomeProxy } from '../../../src/focus/proxy/gnomeProxy.ts';
import type { SystemProxy } from '../../../src/focus/proxy/systemProxy.ts';
import { WindowsProxy } from '../../../src/focus/proxy/windowsProxy.ts';
import { RestoreJournal } from '../../../src/focus/undo/restoreJournal.ts';
import { createUndoing } from '../../../src/focus/undoing.ts';
import { healLeftovers, restoreEverything } from '../../../src/focus/undo/healLeftovers.ts';
import { FakeDesktop } from '../../support/fakeDesktop.ts';
import { MemoryLog } from '../../support/memoryLog.ts';

class Killed extends Error {}

const token = 'b'.repeat(32);
// Nobody serves it: port 1.
const ours = (list: number): string => `http://127.0.0.1:1/${token}/proxy.pac?list=${list}`;
const later = Date.now() + 3_600_000;

/** What another program sets, as one stroke: all of the values that it means. */
interface Foreign {
  readonly name: string;
  /** It means a proxy of its own to be in force, which nothing of ours may end. */
  readonly isProxy: boolean;
  gnome(values: Map<string, string>): void;
  windows(values: Map<string, string>): void;
}

const foreigners: readonly Foreign[] = [
  {
    name: 'a manual proxy of a VPN',
    isProxy: true,
    gnome: (values) => values.set('mode', "'manual'"),
    windows: (values) => values.set('ProxyEnable', '0x1').set('ProxyServer', '10.0.0.1:3128'),
  },
  {
    name: 'a manual proxy, with the address of a PAC file taken away',
    isProxy: true,
    gnome: (values) => values.set('mode', "'manual'").set('autoconfig-url', "''"),
    windows: (values) => {
      values.set('ProxyEnable', '0x1').delete('AutoConfigURL');
    },
  },
  {
    name: 'a PAC file of a company',
    isProxy: true,
    gnome: (values) => values.set('mode', "'auto'").set('autoconfig-url', "'http://corp/pac'"),
    windows: (values) => values.set('ProxyEnable', '0x0').set('AutoConfigURL', 'http://corp/pac'),
  },
  {
    name: 'a PAC file of another local program',
    isProxy: true,
    gnome: (values) =>
      values.set('mode', "'auto'").set('autoconfig-url', "'http://127.0.0.1:9/x/proxy.pac'"),
    windows: (values) => values.set('AutoConfigURL', 'http://127.0.0.1:9/x/proxy.pac'),
  },
  {
    name: 'a mode that nobody knows yet',
    isProxy: true,
    gnome: (values) => values.set('mode', "'by-network'"),
    windows: (values) => values.set('ProxyEnable', '0x2'),
  },
  {
    name: 'none',
    isProxy: false,
    gnome: (values) => values.set('mode', "'none'"),
    windows: (values) => {
      values.set('ProxyEnable', '0x0').delete('AutoConfigURL');
    },
  },
  {
    name: 'none, and another unused address',
    isProxy: false,
    gnome: (values) => values.set('mode', "'none'").set('autoconfig-url', "'http://idle/pac'"),
    windows: (values) => values.set('ProxyEnable', '0x0').set('AutoConfigURL', ''),
  },
];

for (const kind of ['gnome', 'windows'] as const) {
  describe(`the proxy setting of ${kind} among others`, () => {
    let folder: string;
    let desktop: FakeDesktop;

    const journalOf = (step?: (name: string) => void): RestoreJournal => {
      const journal: RestoreJournal = new RestoreJournal(folder, () => [make().kind], step);
      return journal;
    };
    const make = (step: (name: string) => void = () => {}): SystemProxy => {
      const options = {
        journal: new RestoreJournal(folder, () => [], step),
        run: desktop.run,
        step,
        token: () => Promise.resolve(token),
      };
      return kind === 'gnome'
        ? new GnomeProxy({ ...options, environment: { XDG_CURRENT_DESKTOP: 'GNOME' } })
        : new WindowsProxy({ ...options, platform: 'win32' });
    };
    const change = (foreign: Foreign): void => {
      foreign[kind](kind === 'gnome' ? desktop.gnome : desktop.registry);
    };
    const isInUse = (error: unknown): boolean => FocusError.is(error, 'proxyInUse');
    const holdsOurs = (): boolean => JSON.stringify([...valuesOf()]).includes(token);
    const valuesOf = (): Map<string, string> =>
      kind === 'gnome' ? desktop.gnome : desktop.registry;
    /** What is in force, without an address of ours that stands there unused. */
    const inForce = (): unknown =>
      kind === 'gnome'
        ? [
            desktop.gnome.get('mode'),
            desktop.gnome.get('mode') === "'auto'" ? desktop.gnome.get('autoconfig-url') : '',
          ]
        : ['ProxyEnable', 'ProxyServer', 'AutoConfigURL'].map((name) => {
            const value = desktop.registry.get(name);
            return value?.includes(token) === true || value === '' ? undefined : value;
          });

    beforeEach(() => {
      folder = mkdtempSync(path.join(tmpdir(), 'millrace-proxy-'));
      desktop = new FakeDesktop();
      writeFileSync(path.join(folder, 'hosts'), '');
      writeFileSync(path.join(folder, 'proxy-token'), token);
    });

    afterEach(() => {
      rmSync(folder, { recursive: true, maxRetries: 5 });
    });

    for (const foreign of foreigners.filter(({ isProxy }) => isProxy)) {
      it(`leaves ${foreign.name} alone, in renewing and in putting back`, async () => {
        await make().set(ours(1), later);
        assert.ok(await make().isSet());
        change(foreign);
        const theirs = inForce();
        for (let renewal = 0; renewal < 3; renewal += 1) {
          await assert.rejects(make().set(ours(2), later), isInUse);
          assert.deepEqual(inForce(), theirs);
          assert.equal(await make().isSet(), false);
        }
        await make().restore();
        assert.deepEqual(inForce(), theirs);
        assert.equal(holdsOurs(), false);
        assert.deepEqual(await journalOf().all(), []);
      });

      it(`comes back after ${foreign.name} has gone`, async () => {
        await make().set(ours(1), later);
        const [gnome, registry] = [new Map(desktop.gnome), new Map(desktop.registry)];
        change(foreign);
        await assert.rejects(make().set(ours(1), later), isInUse);
        // Many programs put back what they found.
        desktop.gnome = gnome;
        desktop.registry = registry;
        await make().set(ours(2), later);
        assert.ok(await make().isSet());
        await make().restore();
        assert.equal(holdsOurs(), false);
        assert.notEqual(desktop.gnome.get('mode'), "'auto'");
      });
    }

    it('is not switched on again after somebody switched it off, until it is opened anew', async () => {
      for (const off of foreigners.filter(({ isProxy }) => !isProxy)) {
        await make().set(ours(1), later);
        change(off);
        const theirs = inForce();
        await make().set(ours(1), later);
        await make().set(ours(2), later);
        assert.deepEqual(inForce(), theirs, off.name);
        assert.equal(await make().isSet(), false);
        await make().restore();
        assert.deepEqual(inForce(), theirs, off.name);
      }
      await make().set(ours(1), later);
      assert.ok(await make().isSet());
      await make().restore();
    });

    it('keeps what others set last, whenever they set it and whenever we die', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.constantFrom('set', 'change', 'restore', 'heal'), {
            minLength: 1,
            maxLength: 6,
          }),
          fc.array(fc.tuple(fc.nat(25), fc.constantFrom(...foreigners)), { maxLength: 4 }),
          fc.option(fc.nat(40)),
          async (acts, changes, dieAt) => {
            desktop = new FakeDesktop();
            const undoing = createUndoing({
              storageFolder: folder,
              log: new MemoryLog(),
              hostsFile: path.join(folder, 'hosts'),
              run: desktop.run,
            });
            let looks = 0;
            let last: Foreign | undefined;
            let theirs: unknown = inForce();
            // Between a look and the change that follows it at once lies what no program of these desktops can close.
            desktop.before = (isLook) => {
              if (isLook) {
                for (const [, foreign] of changes.filter(([at]) => at === looks)) {
                  change(foreign);
                  last = foreign;
                  theirs = inForce();
                }
                looks += 1;
              }
            };
            let steps = 0;
            const step = (): void => {
              steps += 1;
              if (steps === dieAt) {
                throw new Killed();
              }
            };
            for (const act of acts) {
              try {
                if (act === 'restore') {
                  await make(step).restore();
                } else if (act === 'heal') {
                  await healLeftovers(undoing, undefined, later + 1);
                } else {
                  await make(step).set(ours(act === 'set' ? 1 : 2), later);
                }
              } catch (error) {
                assert.ok(error instanceof Killed || error instanceof FocusError, String(error));
              }
              if (last?.isProxy === true) {
                assert.deepEqual(inForce(), theirs, `${last.name}, after ${act}`);
              }
            }
            desktop.before = () => {};
            const report = await restoreEverything(undoing, Date.now());
            assert.deepEqual(report.failed, []);
            assert.equal(holdsOurs(), false);
            assert.deepEqual(await undoing.journal.all(), []);
            if (last?.isProxy === true) {
              assert.deepEqual(inForce(), theirs);
            } else {
              assert.notEqual(desktop.gnome.get('mode'), "'auto'");
            }
          },
        ),
        { numRuns: 100 },
      );
    }).timeout(120_000);

    it('is taken out where another program puts it back after the end', async () => {
      await make().set(ours(1), later);
      const [gnome, registry] = [new Map(desktop.gnome), new Map(desktop.registry)];
      await make().restore();
      const before = desktop.state;
      desktop.gnome = gnome;
      desktop.registry = registry;
      const undoing = createUndoing({
        storageFolder: folder,
        log: new MemoryLog(),
        hostsFile: path.join(folder, 'hosts'),
        run: desktop.run,
      });
      const { restored } = await healLeftovers(undoing, undefined, Date.now());
      assert.ok(restored.includes(`${kind}Proxy`));
      assert.equal(holdsOurs(), false);
      if (kind === 'gnome') {
        assert.deepEqual(desktop.state, before);
      }
    });

    it('claims nothing where the desktop does not keep it', async () => {
      const isNotWritable = (error: unknown): boolean => FocusError.is(error, 'notWritable');
      desktop.keeps = false;
      await assert.rejects(make().set(ours(1), later), isNotWritable);
      assert.deepEqual(await journalOf().all(), []);
      // Set for real, and then not to be taken away.
      desktop.keeps = true;
      await make().set(ours(1), later);
      desktop.keeps = false;
      await assert.rejects(make().restore(), isNotWritable);
      assert.equal((await journalOf().all()).length, 1);
      desktop.keeps = true;
      await make().restore();
      assert.equal(holdsOurs(), false);
    });
  });
}

describe('what Windows keeps of a connection', () => {
  const settings = (flags: number, ...texts: readonly string[]): string => {
    const number = (value: number): Buffer => {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32LE(value);
      return bytes;
    };
    return Buffer.concat([
      ...[number(0x46), number(7), number(flags)],
      ...texts.flatMap((text) => [number(text.length), Buffer.from(text, 'latin1')]),
      Buffer.alloc(32),
    ]).toString('hex');
  };

  it('tells a manual proxy and an address that are switched on', () => {
    const nothing = { isManual: false, address: '' };
    assert.deepEqual(parseConnectionSettings(settings(9, '', '', '')), nothing);
    assert.deepEqual(parseConnectionSettings(settings(1, 'p:1', 'local', 'http://x/pac')), nothing);
    assert.deepEqual(parseConnectionSettings(settings(3, 'p:1', '<local>', '')), {
      isManual: true,
      address: '',
    });
    assert.deepEqual(parseConnectionSettings(settings(5, '', '', 'http://x/pac').toUpperCase()), {
      isManual: false,
      address: 'http://x/pac',
    });
    assert.deepEqual(parseConnectionSettings(''), nothing);
    assert.deepEqual(parseConnectionSettings('zz'), nothing);
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.uint8Array(), (text, bytes) => {
        parseConnectionSettings(text);
        parseConnectionSettings(Buffer.from(bytes).toString('hex'));
      }),
    );
  });

  it('keeps the address away where only that says that another is in force', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'millrace-proxy-'));
    const desktop = new FakeDesktop();
    desktop.kept = settings(3, '10.0.0.1:3128', '', '');
    const journal = new RestoreJournal(folder, () => []);
    const proxy = new WindowsProxy({ journal, run: desktop.run, platform: 'win32' });
    await assert.rejects(proxy.set(ours(1), later), (error) => FocusError.is(error, 'proxyInUse'));
    desktop.kept = settings(5, '', '', 'http://corp/pac');
    await assert.rejects(proxy.set(ours(1), later), (error) => FocusError.is(error, 'proxyInUse'));
    desktop.kept = settings(9, '', '', '');
    await proxy.set(ours(1), later);
    await proxy.restore();
    assert.equal(desktop.registry.size, 0);
    rmSync(folder, { recursive: true });
  });
});
