import { isRecord } from '../src/focus/companion/companionProtocol.ts';
import { say, translatePage } from './speak.ts';

/**
 * The page in the place of a blocked one: says how long, and goes on by itself. What it stands for, and whether it is one of
 * ours at all, the worker tells by the page's address; a page in a frame does nothing.
 */
const left = document.querySelector('#left');

async function show(): Promise<void> {
  const state = await chrome.runtime.sendMessage({ ask: 'state' });
  if (left === null || !isRecord(state)) {
    return;
  }
  const { deadlineMs, wanted } = state;
  if (typeof deadlineMs !== 'number') {
    left.textContent = say('blockedNoMore');
    if (typeof wanted === 'string') {
      location.replace(wanted);
    }
    return;
  }
  const minutes = Math.max(1, Math.ceil((deadlineMs - Date.now()) / 60_000));
  left.textContent = minutes === 1 ? say('oneMinuteMore') : say('minutesMore', minutes);
}

if (window.top === window) {
  translatePage();
  void show();
  setInterval(() => {
    void show();
  }, 5_000);
  void chrome.runtime.sendMessage({ ask: 'held' });
}
