import { isRecord } from '../src/focus/companion/companionProtocol.ts';
import { say, translatePage } from './speak.ts';

/** The page in the place of a blocked one: says how long, and goes on by itself (the worker sends it back). */
const left = document.querySelector('#left');

async function show(): Promise<void> {
  const state = await chrome.runtime.sendMessage({ ask: 'state' });
  const deadlineMs = isRecord(state) ? state['deadlineMs'] : undefined;
  if (left === null) {
    return;
  }
  if (typeof deadlineMs !== 'number') {
    left.textContent = say('blockedNoMore');
    goOn();
    return;
  }
  const minutes = Math.max(1, Math.ceil((deadlineMs - Date.now()) / 60_000));
  left.textContent = minutes === 1 ? say('oneMinuteMore') : say('minutesMore', minutes);
}

function goOn(): void {
  const wanted = location.hash.slice(1);
  if (/^https?:\/\//.test(wanted) && URL.canParse(wanted)) {
    location.replace(wanted);
  }
}

translatePage();
void show();
setInterval(() => {
  void show();
}, 5_000);
void chrome.runtime.sendMessage({ ask: 'held' });
