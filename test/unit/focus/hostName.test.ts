import assert from 'node:assert/strict';
import { createContext, runInContext } from 'node:vm';
import fc from 'fast-check';
import { pacFile } from '../../../src/focus/proxy/pacFile.ts';
import { requestTarget, tunnelTarget } from '../../../src/focus/proxy/proxyTarget.ts';
import { hostName, hostPart, isWithinSite } from '../../../src/focus/sites/hostName.ts';
import { neededHosts } from '../../../src/focus/sites/neededHosts.ts';
import { parseSiteName } from '../../../src/focus/sites/siteName.ts';

/** The same host in other words, and what they all come to. */
const spellings: Readonly<Record<string, readonly string[]>> = {
  'name.example': [
    'name.example',
    'name.example.',
    'NAME.Example',
    'Name.EXAMPLE.',
    'n%61me.example',
  ],
  'xn--bcher-kva.example': [
    'bücher.example',
    'BÜCHER.example.',
    'xn--bcher-kva.example',
    'XN--BCHER-KVA.Example',
    'bu\u0308cher.example',
    'b%C3%BCcher.example',
    'bücher。example',
  ],
  'under_score.example': ['under_score.example', 'UNDER_score.example.'],
  '127.0.0.1': ['127.0.0.1', '127.1', '0x7f.1', '2130706433', '0177.0.0.1', '127.0.0.1.'],
  '[::1]': ['[::1]', '::1', '[0:0:0:0:0:0:0:1]', '0:0::0001', '[::0.0.0.1]'],
};

describe('a host name', () => {
  it('has one form, however it is written', () => {
    for (const [name, written] of Object.entries(spellings)) {
      for (const one of written) {
        assert.equal(hostName(one), name, one);
      }
    }
    for (const none of [
      '',
      '.',
      ' ',
      'a b',
      'a/b',
      'a?b',
      'a#b',
      'u@a',
      'a\\b',
      'a:80',
      '[::1',
      'a%00',
      '%',
      'a\n',
      '1.2.3.4.5',
    ]) {
      assert.equal(hostName(none), undefined, JSON.stringify(none));
    }
  });

  it('is found in whatever stands for an address', () => {
    for (const address of [
      'http://user:p@ss@name.example:80/x@y?z#w',
      '//name.example/x',
      'me@name.example:22',
      'name.example?x',
      'ftp://name.example',
    ]) {
      assert.equal(hostPart(address), 'name.example', address);
    }
    assert.equal(hostPart('https://[::1]:8080/'), '[::1]');
    assert.equal(hostPart('[::1]'), '[::1]');
  });

  it('that has that form stays as it is', () => {
    fc.assert(
      fc.property(fc.oneof(fc.domain(), fc.ipV4(), fc.ipV6(), fc.string()), (text) => {
        const name = hostName(text);
        if (name !== undefined) {
          assert.equal(hostName(name), name.replace(/\.$/, '') || undefined);
        }
      }),
    );
  });

  it('means the same to lists, needed hosts, requests, tunnels and the PAC file', () => {
    const pac = createContext({});
    const site = 'xn--bcher-kva.example';
    runInContext(pacFile(['name.example', site], 4711), pac);
    for (const [name, written] of Object.entries(spellings)) {
      for (const one of written) {
        const isIpv6 = name.startsWith('[');
        const host = isIpv6 && !one.startsWith('[') ? `[${one}]` : one;
        for (const [target, port] of [
          [`http://${host}/a%20b?c`, 80],
          [`HTTP://user:secret@${host}:8080?c`, 8080],
        ] as const) {
          const read = requestTarget(target);
          assert.deepEqual([read?.host, read?.port], [name, port], target);
          assert.equal(read?.path, port === 80 ? '/a%20b?c' : '/?c');
          assert.equal(read.authority.includes('@'), false);
        }
        const tunnel = tunnelTarget(`${host}:443`);
        assert.deepEqual([tunnel?.host, tunnel?.port], [name, 443], host);
        assert.ok(
          neededHosts({
            remoteAuthorities: [],
            proxies: [`http://u:p@${host}:1/`],
            services: [],
          }).has(name),
          host,
        );
        const parsed = parseSiteName(one);
        if (parsed.ok) {
          assert.equal(parsed.name, name);
          assert.ok(isWithinSite(hostName(`www.${one}`) ?? '', parsed.name));
          // A browser hands over the host of an address that it has read.
          const asked = new URL(`http://sub.${one}/`).hostname;
          const found: unknown = runInContext(`FindProxyForURL('', ${JSON.stringify(asked)})`, pac);
          assert.match(String(found), /^PROXY/, asked);
        }
      }
    }
    for (const none of [
      '',
      '/x',
      'name.example',
      'https://name.example/',
      'http:///x',
      'http://a b/',
    ]) {
      assert.equal(requestTarget(none), undefined, none);
    }
    for (const none of [
      '',
      'name.example',
      'name.example:',
      'name.example:0',
      'name.example:65536',
      ':443',
      'a/b:443',
      'u@a:443',
      '::1:443',
    ]) {
      if (none !== '::1:443') {
        assert.equal(tunnelTarget(none), undefined, none);
      }
    }
    assert.equal(tunnelTarget('name.example.:443')?.address, 'name.example.');
    assert.equal(tunnelTarget('[::1]:443')?.address, '::1');
  });
});
