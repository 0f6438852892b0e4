import {
  companionSilenceMs,
  isRecord,
  type CompanionBlock,
} from '../src/focus/companion/companionProtocol.ts';
import { isDeadlineOver } from '../src/focus/sites/blockDeadline.ts';
import {
  applyBlock,
  bringBackTabs,
  isBlocked,
  replaceOpenTabs,
  replaceTab,
  wantedAddress,
} from './blocking.ts';
import { EditorLink, pair, type Pairing } from './editorLink.ts';

/**
 * The companion's worker. The browser may stop it at any moment and start it again: what it must know then lies in
 * the session's storage, and what must happen then is an alarm.
 */

const retryMs = 5_000;
const alarms = { letThrough: 'letThrough', reconnect: 'reconnect' } as const;

interface Held {
  readonly block: CompanionBlock | undefined;
  readonly heardMs: number;
}

let held: Held = { block: undefined, heardMs: 0 };
let link: EditorLink | undefined;
let retry: ReturnType<typeof setTimeout> | undefined;
let silence: ReturnType<typeof setTimeout> | undefined;
// One change after the other, in the order in which the editor told them.
let queue: Promise<void> = Promise.resolve();

chrome.alarms.onAlarm.addListener(({ name }) => {
  if (name === alarms.letThrough) {
    later(letThroughIfSilent);
  }
  later(connect);
});
chrome.runtime.onStartup.addListener(() => {
  later(connect);
});
chrome.runtime.onInstalled.addListener(() => {
  later(connect);
});
// What the rules don't see: a page of a site's own service worker, or one out of the history's cache.
chrome.tabs.onUpdated.addListener((id, change) => {
  const { block } = held;
  const address = change.url;
  if (block !== undefined && address !== undefined && isBlocked(address, block)) {
    void replaceTab(id, address, true);
  }
});
chrome.runtime.onMessage.addListener((message, sender, answer) => {
  void serve(message, sender).then(answer);
  return true;
});
later(async () => {
  const kept = (await chrome.storage.session.get('held'))['held'];
  if (isHeld(kept)) {
    held = kept;
  }
  await letThroughIfSilent();
});
later(connect);

async function connect(): Promise<void> {
  clearTimeout(retry);
  // Wakes a stopped worker; the browsers' shortest period is half a minute.
  await chrome.alarms.create(alarms.reconnect, { periodInMinutes: 0.5 });
  const pairing = await readPairing();
  if (link !== undefined || pairing === undefined) {
    return;
  }
  link = new EditorLink({
    pairing,
    onState: (block) => {
      later(() => hear(block));
    },
    onClosed: (why) => {
      link = undefined;
      if (why === 'unknown') {
        later(async () => {
          await chrome.storage.local.remove('pairing');
          await hold(undefined);
        });
      } else {
        retry = setTimeout(() => {
          later(connect);
        }, retryMs);
      }
    },
  });
}

/** The editor has said what is blocked: from now on it may be silent for half a minute. */
async function hear(block: CompanionBlock | undefined): Promise<void> {
  const isNew = JSON.stringify(block) !== JSON.stringify(held.block);
  held = { block, heardMs: Date.now() };
  await chrome.storage.session.set({ held });
  clearTimeout(silence);
  if (block === undefined) {
    await chrome.alarms.clear(alarms.letThrough);
  } else {
    const waitMs = Math.min(companionSilenceMs, Math.max(0, block.deadlineMs - Date.now()));
    // The timer is exact while the worker lives, and the alarm comes when it does not.
    silence = setTimeout(() => {
      later(letThroughIfSilent);
    }, waitMs);
    await chrome.alarms.create(alarms.letThrough, { when: Date.now() + waitMs });
  }
  if (isNew) {
    await hold(block);
  }
}

async function letThroughIfSilent(): Promise<void> {
  const { block, heardMs } = held;
  const nowMs = Date.now();
  const isSilent = Math.abs(nowMs - heardMs) >= companionSilenceMs;
  if (block !== undefined && (isSilent || isDeadlineOver(block.deadlineMs, nowMs))) {
    await hold(undefined);
  }
}

async function hold(block: CompanionBlock | undefined): Promise<void> {
  held = { ...held, block };
  await chrome.storage.session.set({ held });
  await applyBlock(block);
  if (block === undefined) {
    await bringBackTabs();
  } else {
    await replaceOpenTabs(block);
  }
}

/** What the pop-up and the blocked page ask. */
async function serve(message: unknown, sender: MessageSender): Promise<unknown> {
  if (!isRecord(message)) {
    return undefined;
  }
  const { ask, code, port } = message;
  if (ask === 'state') {
    return {
      isPaired: (await readPairing()) !== undefined,
      isConnected: link !== undefined && Date.now() - held.heardMs < companionSilenceMs,
      deadlineMs: held.block?.deadlineMs,
      wanted: await heldAddress(sender),
    };
  }
  if (ask === 'held') {
    const { block } = held;
    const address = await heldAddress(sender);
    if (block !== undefined && address !== undefined && isBlocked(address, block)) {
      await link?.tellBlocked(1);
    }
    return undefined;
  }
  if (ask === 'pair' && typeof code === 'string') {
    const given = typeof port === 'number' ? port : undefined;
    const pairing = await pair(code, browserName(), given);
    if (typeof pairing === 'string') {
      return pairing;
    }
    await chrome.storage.local.set({ pairing });
    later(connect);
    return 'paired';
  }
  return undefined;
}

/** What a page that we held back stands for: one that fills a tab, and has our key. */
function heldAddress({ tab, frameId, url }: MessageSender): Promise<string | undefined> {
  return tab !== undefined && frameId === 0 ? wantedAddress(url) : Promise.resolve(undefined);
}

function later(work: () => Promise<void>): void {
  queue = queue.then(work).catch(() => undefined);
}

async function readPairing(): Promise<Pairing | undefined> {
  const { pairing } = await chrome.storage.local.get('pairing');
  return isRecord(pairing) &&
    typeof pairing['port'] === 'number' &&
    typeof pairing['keyId'] === 'string' &&
    typeof pairing['secret'] === 'string'
    ? { port: pairing['port'], keyId: pairing['keyId'], secret: pairing['secret'] }
    : undefined;
}

function isHeld(value: unknown): value is Held {
  return isRecord(value) && typeof value['heardMs'] === 'number';
}

function browserName(): string {
  return navigator.userAgent.includes('Firefox') ? 'Firefox' : 'Chromium';
}
