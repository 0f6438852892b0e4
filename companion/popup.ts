import { isRecord } from '../src/focus/companion/companionProtocol.ts';
import { say, translatePage } from './speak.ts';
import type { TextName } from './texts.ts';

/** The pop-up: pairs with the editor, and says whether it is there. */
const form = document.querySelector('form');
const code = document.querySelector<HTMLInputElement>('#code');
const port = document.querySelector<HTMLInputElement>('#port');
const status = document.querySelector('#status');

/** What comes of pairing. */
const outcomes: readonly TextName[] = ['paired', 'noEditor', 'wrongCode'];

function tell(name: TextName): void {
  if (status !== null) {
    status.textContent = say(name);
  }
}

async function show(): Promise<void> {
  const state = await chrome.runtime.sendMessage({ ask: 'state' });
  if (!isRecord(state) || state['isPaired'] !== true) {
    tell('notPaired');
  } else {
    tell(state['isConnected'] === true ? 'connected' : 'editorAway');
  }
}

form?.addEventListener('submit', (event) => {
  event.preventDefault();
  void (async () => {
    const given = Number(port?.value);
    const answer = await chrome.runtime.sendMessage({
      ask: 'pair',
      code: code?.value ?? '',
      ...(Number.isInteger(given) && given > 0 ? { port: given } : {}),
    });
    tell(outcomes.find((outcome) => outcome === answer) ?? 'wrongCode');
  })();
});

translatePage();
void show();
