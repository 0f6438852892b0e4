import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import { FocusError } from '../../src/focus/focusError.ts';
import { GnomeProxy } from '../../src/focus/proxy/gnomeProxy.ts';
import { RestoreJournal } from '../../src/focus/undo/restoreJournal.ts';
import { CleanUp } from '../support/cleanUp.ts';

const schema = 'org.gnome.system.proxy';
const later = Date.now() + 3_600_000;
const url = `http://127.0.0.1:1/${'c'.repeat(32)}/proxy.pac?list=1`;

/** The real `gsettings`, over a file of the test's own. */
describe('the real proxy setting of GNOME', () => {
  const cleanUp = new CleanUp();
  let journal: RestoreJournal;
  let proxy: GnomeProxy;

  const gsettings = (...args: readonly string[]): string =>
    execFileSync('gsettings', args, { encoding: 'utf8' }).trim();
  const all = (): string => gsettings('list-recursively', schema);

  beforeEach(() => {
    const folder = mkdtempSync(path.join(process.env['MILLRACE_STAGE'] ?? '/nowhere', 'desktop-'));
    const environment = {
      XDG_CURRENT_DESKTOP: 'GNOME',
      GSETTINGS_BACKEND: 'keyfile',
      XDG_CONFIG_HOME: folder,
    };
    const previous = { ...process.env };
    Object.assign(process.env, environment);
    cleanUp.add(() => {
      for (const name of Object.keys(environment)) {
        const value = previous[name];
        if (value === undefined) {
          Reflect.deleteProperty(process.env, name);
        } else {
          process.env[name] = value;
        }
      }
      rmSync(folder, { recursive: true });
    });
    journal = new RestoreJournal(path.join(folder, 'storage'), () => [proxy.kind]);
    proxy = new GnomeProxy({ journal });
  });

  afterEach(() => cleanUp.run());

  it('comes back as it was, with whatever stood there unused', async () => {
    assert.ok(await proxy.isSupported());
    gsettings('set', schema, 'autoconfig-url', "http://old/it's");
    gsettings('set', `${schema}.http`, 'host', 'idle.example');
    const before = all();
    await proxy.set(url, later);
    assert.equal(gsettings('get', schema, 'mode'), "'auto'");
    assert.ok(await proxy.isSet());
    await proxy.set(url.replace('list=1', 'list=2'), later);
    await proxy.restore();
    assert.equal(all(), before);
    assert.deepEqual(await journal.all(), []);
  });

  it('is left to a VPN that sets a manual one, until the VPN puts back what it found', async () => {
    await proxy.set(url, later);
    gsettings('set', `${schema}.http`, 'host', '10.0.0.1');
    gsettings('set', `${schema}.http`, 'port', '3128');
    gsettings('set', schema, 'mode', 'manual');
    const theirs = all();
    const isInUse = (error: unknown): boolean => FocusError.is(error, 'proxyInUse');
    await assert.rejects(proxy.set(url, later), isInUse);
    assert.equal(all(), theirs);
    assert.equal(await proxy.isSet(), false);
    gsettings('set', schema, 'mode', 'auto');
    await proxy.set(url, later);
    assert.ok(await proxy.isSet());
    gsettings('set', schema, 'mode', 'manual');
    await proxy.restore();
    assert.equal(gsettings('get', schema, 'mode'), "'manual'");
    assert.equal(gsettings('get', `${schema}.http`, 'host'), "'10.0.0.1'");
    assert.equal(gsettings('get', schema, 'autoconfig-url'), "''");
    assert.deepEqual(await journal.all(), []);
  });

  it('claims nothing where settings are forgotten', async () => {
    process.env['GSETTINGS_BACKEND'] = 'memory';
    await assert.rejects(proxy.set(url, later), (error) => FocusError.is(error, 'notWritable'));
    assert.deepEqual(await journal.all(), []);
  });
});
