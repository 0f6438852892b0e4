/**
 * Names below which everybody may register a name of their own: blocking one would block thousands of strangers' sites.
 * A short list, for a mistake of typing: the categories of countries, as registries publish them (`co.uk`, `com.au`). What
 * belongs to towns, prefectures and states (`tokyo.jp`, `k12.ca.us`) is not in it.
 */
const categories = `
  ac: ae at bd be bw ci cn cr cy eg fj gn id il im in ir jp ke kr lk ls ma me ml mu mw mz ni nz pa pk pr rs rw
    se sz th tz ug uk vn za zm zw
  co: ae ag am ao at az bb bd bi bj bw bz ci cl cm cr dm gg gl gy hu id il im in io ir it je jp ke kr lc ls ma
    me mg mu mw mz na ni nz om pn rs rw ss st sz th tj tm tt tz ug uk us uz ve vi za zm zw
  com: ac af ag ai al am ar au aw az ba bb bd bh bi bj bm bn bo br bs bt by bz ci cm cn co cu cv cw cy dm do
    dz ec ee eg es et fj fm fr ge gh gi gl gn gp gr gt gu gy hk hn hr ht im in io iq jo kg kh ki km kp kw ky
    kz la lb lc lk lr lv ly mg mk ml mo ms mt mu mv mw mx my na nf ng ni nr om pa pe pf ph pk pl pr ps pt py
    qa re ro sa sb sc sd sg sh sl sn so ss st sv sy tj tm tn to tr tt tw ua ug uy uz vc ve vi vn vu ws ye zm
  edu: ac af al ao ar au az ba bb bd bh bi bj bm bn bo br bs bt bz ci cn co cu cv cw dm do dz ec ee eg es et
    fj fm gd ge gh gi gl gn gp gr gt gu gy hk hn ht in io iq it jo kg kh ki km kn kp kw ky kz la lb lc lk lr
    ls lv ly me mg mk ml mn mo ms mt mv mw mx my mz ng ni nr om pa pe pf ph pk pl pn pr ps pt py qa rs sa sb
    sc sd sg sl sn so ss st sv sy tj tm to tr tt tw ua ug uy vc ve vg vn vu ws ye za zm
  gov: ac ae af al ao ar as au az ba bb bd bf bh bm bn br bs bt bw by bz cd cl cm cn co cx cy cz dm do dz ec
    ee eg et fj gd ge gh gi gn gr gu gy hk ie il in io iq ir it jo kg kh ki km kn kp kw kz la lb lc lk lr ls
    lt lv ly ma me mg mk ml mn mo mr ms mu mv mw my mz na ng nr om ph pk pl pn pr ps pt pw py qa rs rw sa sb
    sc sd sg sh sl so ss sx sy tj tl tm tn to tr tt tw ua ug uk vc ve vn ws ye za zm zw
  gob: ar bo cl cu do ec es gt hn mx ni pa pe pk sv ve
  gouv: ci fr ht km ml sn
  go: ci cr id it jp ke kr th tj tz ug
  gv: ao at
  govt: nz
  or: at bi ci cr id it jp ke kr mu th tz ug us
  org: ac ae af ag ai al am ao ar au az ba bb bd bh bi bj bm bn bo br bs bt bw bz ci cn co cu cv cw cy dm do
    dz ec ee eg es et fj fm ge gg gh gi gl gn gp gr gt gu gy hk hn ht hu il im in io iq ir je jo kg kh ki km
    kn kp kw ky kz la lb lc lk lr ls lv ly ma me mg mk ml mn mo ms mt mu mv mw mx my mz na ng ni nr nz om pa
    pe pf ph pk pl pn pr ps pt py qa ro rs rw sa sb sc sd se sg sh sk sl sn so ss st sv sy sz tj tm tn to tr
    tt tw ua ug uk uy uz vc ve vi vn vu ws ye za zm zw
  ne: jp ke kr tz ug us
  net: ac ae af ag ai al am ar au az ba bb bd bh bj bm bn bo br bs bt bw bz ci cm cn co cu cv cw cy dm do dz
    ec eg et fj fm ge gg gh gl gn gp gr gt gu gy hk hn ht id il im in io iq ir je jo kg kh ki kn kw ky kz la
    lb lc lk lr ls lv ly ma me mk ml mo ms mt mu mv mw mx my mz na nf ng ni nr nz om pa pe ph pk pl pn pr ps
    pt py qa rw sa sb sc sd sg sh sl so ss st sy th tj tm tn to tr tt tw ua uk uy uz vc ve vi vn vu ws ye za
    zm
  mil: ac ae al ar az ba bd bo br by cl cn co cy do ec eg fj gh gt hn id in io iq jo kg km kr kz lv mg mv my
    mz ng ni no nz pe ph pl py qa rw sh st sy tj tm to tr tt tw tz ug uy vc ve ye za zm zw
  sch: ae bd id ir jo lk ly ng qa sa ss zm
  school: ge in nz za
  nom: ag co es fr io km mg nc ni pa pe pl ro tm ve za
  id: au bd cv fj ir lv ly us vn
  info: az bb bd bj bo ec eg et fj gu ht hu in ke ki la ls ml mv nf ni nr pl pr ro sd tn tr tt tz ve vn zm
  biz: az bb cy et fj gh id in ki ls mv mw my ni nr pk pl pr ss tj tr tt vn zm
  web: bo do gu id lk nf ni pk tj tr ve za
  ltd: cy gi lk uk
  plc: ly uk
  me: eg in it ke kr so ss tz uk us
  police: uk
  nhs: uk
  asn: au lv
  gen: in nz tr
  geek: nz
  iwi: nz
  maori: nz
  k12: ec il tr vi
  firm: ht in nf ro ve
  ind: br gt in kw tn
  res: in
  int: ar az bo ci cv in la lk mv mw ni pt tj ve vn
  name: az eg et fj hr mk mv my ng pr qa tj tr tt vn
  pro: az br cy ec fj ht in mv om pr tt vn
  museum: mv no om
  law: za
  re: it kr no
  pe: ca it kr
  hs: kr
  asso: ci dz fr gp ht km mc ml nc re
  tm: cy dz fr hu km mc no pl ro se za
  presse: km ml
  art: br do dz ec ht ml sn
  adv: br mz
  eng: br ec jo
  med: br ec ee ht ly om pa sa sd
  bib: br ve
  rec: br nf ro ve
  store: bb nf ro st ve
  tv: bb bd bo br eg im in it jo sd tr tz
  idv: hk tw
  club: tw
  game: tw
  lg: jp ua
  gr: it jp
  ad: jp
  ed: ao ci cr jp
`;

/** Countries in which every name of two parts is such a one. */
const wholeCountries: ReadonlySet<string> = new Set('ck er fk jm mm np pg'.split(' '));

/**
 * Names of companies that host everybody's sites below theirs. They are sites as well, so they can be blocked, once it was
 * said what that means.
 */
const hosts: ReadonlySet<string> = new Set(
  `github.io gitlab.io githubusercontent.com pages.dev workers.dev vercel.app now.sh netlify.app netlify.com web.app
  firebaseapp.com appspot.com run.app cloudfunctions.net herokuapp.com azurewebsites.net azurestaticapps.net cloudapp.net
  windows.net cloudfront.net amazonaws.com amplifyapp.com elasticbeanstalk.com awsapprunner.com onrender.com fly.dev
  railway.app deno.dev surge.sh glitch.me repl.co replit.app replit.dev codesandbox.io stackblitz.io gitpod.io ngrok.io
  ngrok.app trycloudflare.com readthedocs.io streamlit.app hf.space blogspot.com wordpress.com tumblr.com substack.com
  medium.com livejournal.com neocities.org weebly.com wixsite.com squarespace.com webflow.io carrd.co notion.site
  myshopify.com bandcamp.com itch.io fandom.com wikia.com stackexchange.com discourse.group zendesk.com atlassian.net
  sharepoint.com googleusercontent.com sourceforge.io bitbucket.io codeberg.page nip.io sslip.io duckdns.org`.split(
    /\s+/,
  ),
);

let suffixes: ReadonlySet<string> | undefined;

/** Whether a name, as `hostName` gives it, is one below which registries sell names. */
export function isPublicSuffix(name: string): boolean {
  const [label = '', country = '', more] = name.split('.');
  suffixes ??= readCategories();
  return more === undefined && (wholeCountries.has(country) ? label !== '' : suffixes.has(name));
}

/** Whether many strangers' sites lie below a name. */
export function isSharedHost(name: string): boolean {
  return hosts.has(name);
}

function readCategories(): ReadonlySet<string> {
  let category = '';
  const names = new Set<string>();
  for (const word of categories.split(/\s+/).filter((one) => one !== '')) {
    if (word.endsWith(':')) {
      category = word.slice(0, -1);
    } else {
      names.add(`${category}.${word}`);
    }
  }
  return names;
}
