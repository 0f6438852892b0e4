import { isRecord } from '../src/focus/companion/companionProtocol.ts';

/** The pop-up: pairs with the editor, and says whether it is there. */
const form = document.querySelector('form');
const code = document.querySelector<HTMLInputElement>('#code');
const port = document.querySelector<HTMLInputElement>('#port');
const status = document.querySelector('#status');

const words: Readonly<Record<string, string>> = {
  paired: 'Paired. You can close this.',
  noEditor: 'No editor answers. Is Millrace running, with the companion switched on?',
  wrongCode: 'This code is not right, or no longer. Ask the editor for a new one.',
};

function say(text: string): void {
  if (status !== null) {
    status.textContent = text;
  }
}

async function show(): Promise<void> {
  const state = await chrome.runtime.sendMessage({ ask: 'state' });
  if (!isRecord(state) || state['isPaired'] !== true) {
    say('Not paired. In the editor, run "Millrace: Pair Browser".');
  } else {
    say(
      state['isConnected'] === true ? 'Connected to your editor.' : 'Paired. The editor is away.',
    );
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
    say(words[String(answer)] ?? words['wrongCode'] ?? '');
  })();
});

void show();
