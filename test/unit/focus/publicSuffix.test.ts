import assert from 'node:assert/strict';
import { isPublicSuffix, isSharedHost } from '../../../src/focus/sites/publicSuffix.ts';
import { siteGroups } from '../../../src/focus/sites/siteGroups.ts';
import {
  addSite,
  importSites,
  sitesLeftOut,
  sitesToBlock,
} from '../../../src/focus/sites/siteList.ts';
import { parseSiteName } from '../../../src/focus/sites/siteName.ts';

const empty = { sites: [], groups: [] };
const nothing: ReadonlySet<string> = new Set();

describe('a name below which everybody can have a site', () => {
  it('is refused where registries sell names, however it is written', () => {
    for (const name of 'co.uk com.au co.jp or.jp com.br gov.br ac.at or.at co.nz govt.nz co.za org.uk ac.uk gob.mx com.cn co.in com.tr co.kr or.kr idv.tw co.ck any.ck com.np'.split(
      ' ',
    )) {
      assert.ok(isPublicSuffix(name), name);
      for (const text of [
        name,
        `${name}.`,
        name.toUpperCase(),
        `https://${name}/x`,
        `www.${name}`,
      ]) {
        assert.deepEqual(parseSiteName(text), { ok: false, refusal: 'publicSuffix' }, text);
        assert.deepEqual(addSite(empty, text, nothing), { ok: false, refusal: 'publicSuffix' });
      }
      const below = parseSiteName(`bbc.${name}`);
      assert.ok(below.ok && below.name === `bbc.${name}`);
    }
    assert.deepEqual(importSites(empty, 'a.example\nco.uk\n', nothing).refused, [
      { line: 2, refusal: 'publicSuffix' },
    ]);
  });

  it('is no site of that shape that somebody owns', () => {
    const owned =
      'web.de co.de info.de com.com t.co x.com bbc.co.uk amazon.co.uk go.com uk.com co.uk.com gov.uk.example youtu.be ac.me.uk net.de org.de id.me about.me edu.de google.ck.example nhs.uk.example ne.de me.de';
    for (const name of owned.split(' ')) {
      assert.ok(parseSiteName(name).ok, name);
    }
    for (const name of Object.values(siteGroups).flat()) {
      assert.ok(parseSiteName(name).ok, name);
    }
  });

  it("can be blocked where it is a company's, after a question", () => {
    for (const name of ['github.io', 'appspot.com', 'blogspot.com', 'pages.dev', 'wordpress.com']) {
      assert.ok(isSharedHost(name), name);
      assert.ok(addSite(empty, name, nothing).ok, name);
      assert.ok(!isSharedHost(`me.${name}`));
    }
    assert.ok(!isSharedHost('github.com'));
  });

  it('stays on a list that holds it, is not blocked, and is named with the reason', () => {
    const list = {
      sites: [
        { name: 'co.uk', enabled: true },
        { name: 'com.au', enabled: false },
        { name: 'github.io', enabled: true },
        { name: 'build.example', enabled: true },
        { name: '*.x', enabled: true },
        { name: 'a.example', enabled: true },
      ],
      groups: [],
    };
    const needed = new Set(['build.example']);
    assert.deepEqual(sitesToBlock(list, needed), ['a.example', 'github.io']);
    assert.deepEqual(sitesLeftOut(list, needed), [
      { name: 'co.uk', refusal: 'publicSuffix' },
      { name: 'build.example', refusal: 'protected' },
      { name: '*.x', refusal: 'wildcard' },
    ]);
    const added = addSite(list, 'b.example', needed);
    assert.ok(added.ok && added.list.sites.length === list.sites.length + 1);
  });
});
