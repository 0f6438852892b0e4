// The page that tests drive: every element, and a stage to put one on (built to dist/test/webview/page.js).
import '../../src/webview/dashboardApp.ts';
import { useLanguage } from '../../src/webview/shared/format.ts';
import { adoptPageStyles } from '../../src/webview/pageStyles.ts';
import { useStrings } from '../../src/webview/shared/strings.ts';
import { englishStrings } from '../../src/webview/shared/englishStrings.ts';
import {
  ActionEvent,
  AnswerEvent,
  DismissEvent,
  PreferenceEvent,
  WishEvent,
} from '../../src/webview/shared/viewEvents.ts';
import { DoneEvent, StoredEvent } from '../../src/webview/stored/storedEvents.ts';
import type { Stage } from './stage.ts';
import { themeFont, themes } from './themes.ts';

const accents: Readonly<Record<string, string>> = { a: 'á', e: 'é', i: 'í', o: 'ó', u: 'ú' };
const heard: string[] = [];
let broughtFamily: string | undefined;
document.addEventListener(ActionEvent.type, (event) => {
  heard.push(event instanceof ActionEvent ? `action ${event.action}` : 'odd');
});
document.addEventListener(PreferenceEvent.type, (event) => {
  heard.push(event instanceof PreferenceEvent ? `${event.key} ${event.value}` : 'odd');
});
document.addEventListener(AnswerEvent.type, (event) => {
  if (event instanceof AnswerEvent) {
    const { rating, activity, interrupted } = event.answer;
    heard.push(`answer ${rating} ${activity}${interrupted ? ' interrupted' : ''}`);
  }
});
document.addEventListener(StoredEvent.type, (event) => {
  if (event instanceof StoredEvent) {
    heard.push(Object.values(event.request).join(' '));
  }
});
document.addEventListener(DoneEvent.type, (event) => {
  heard.push(event instanceof DoneEvent ? event.words : 'odd');
});
document.addEventListener(WishEvent.type, (event) => {
  heard.push(event instanceof WishEvent ? `wish ${JSON.stringify(event.wish)}` : 'odd');
});
document.addEventListener(DismissEvent.type, () => {
  heard.push('dismiss');
});

const stage: Stage = {
  dress(theme) {
    const { bodyClass, variables } = themes[theme];
    const root = document.documentElement;
    root.removeAttribute('style');
    for (const [name, value] of [...Object.entries(variables), ...Object.entries(themeFont)]) {
      root.style.setProperty(name, value);
    }
    // What the workbench draws behind a view.
    root.style.background = 'var(--vscode-sideBar-background)';
    document.body.className = bodyClass;
    if (broughtFamily !== undefined) {
      root.style.setProperty('--vscode-font-family', broughtFamily);
    }
  },

  async bringFont(base64) {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    // From its bytes: the page's policy lets no font be fetched, and stays as it is.
    const font = await new FontFace('Brought', bytes, { weight: '100 900' }).load();
    document.fonts.add(font);
    broughtFamily = 'Brought';
  },

  async mount(tag, properties, widthPx) {
    heard.length = 0;
    const frame = document.createElement('div');
    frame.style.width = `${widthPx}px`;
    const element = document.createElement(tag);
    Object.assign(element, properties);
    frame.append(element);
    document.body.replaceChildren(frame);
    await drawn();
  },

  async change(properties) {
    Object.assign(current(), properties);
    await drawn();
  },

  speak(language, strings) {
    useLanguage(language);
    useStrings(strings);
  },

  overflow() {
    const frame = current().getBoundingClientRect();
    const found: string[] = [];
    for (const element of everything(current())) {
      const box = element.getBoundingClientRect();
      const isHidden = element.closest('.sr, defs, [hidden]') !== null || box.width === 0;
      if (!isHidden && (box.left < frame.left - 1 || box.right > frame.right + 1)) {
        found.push(`${describe(element)} spans ${box.left}-${box.right} of ${frame.right}`);
      }
      if (
        !isHidden &&
        element instanceof HTMLElement &&
        // These stand over narrow columns whose neighbours have no label of their own.
        !element.matches('.heat thead th') &&
        element.scrollWidth > element.clientWidth + 1 &&
        getComputedStyle(element).display !== 'inline' &&
        getComputedStyle(element).textOverflow !== 'ellipsis'
      ) {
        found.push(`${describe(element)} holds ${element.scrollWidth} in ${element.clientWidth}`);
      }
    }
    return found;
  },

  text() {
    return visibleText(current()).replaceAll(/\s+/g, ' ').trim();
  },

  curve() {
    const canvas = [...everything(current())].find((part) => part instanceof HTMLCanvasElement);
    if (canvas === undefined) {
      return undefined;
    }
    const blank = document.createElement('canvas');
    blank.width = canvas.width;
    blank.height = canvas.height;
    const picture = canvas.toDataURL();
    return picture === blank.toDataURL() ? undefined : picture;
  },

  heard: () => [...heard],
};

function current(): Element {
  const element = document.body.firstElementChild?.firstElementChild;
  if (element === null || element === undefined) {
    throw new Error('The stage is empty');
  }
  return element;
}

/** Two frames: one in which elements and theirs update, one in which they are laid out. */
async function drawn(): Promise<void> {
  for (let frame = 0; frame < 2; frame++) {
    await new Promise((resolve) => requestAnimationFrame(resolve));
  }
}

/** An element and all below it, through shadow roots and slots alike. */
function* everything(root: Element): Generator<Element> {
  yield root;
  for (const child of [...(root.shadowRoot?.children ?? []), ...root.children]) {
    yield* everything(child);
  }
}

function visibleText(node: Node): string {
  if (node instanceof Text) {
    return node.data;
  }
  if (node instanceof HTMLSlotElement) {
    return node.assignedNodes().map(visibleText).join(' ');
  }
  if (
    node instanceof Element &&
    (node.matches('.sr, [hidden], style, defs') || getComputedStyle(node).display === 'none')
  ) {
    return '';
  }
  const children = node instanceof Element && node.shadowRoot !== null ? node.shadowRoot : node;
  return [...children.childNodes].map(visibleText).join(' ');
}

function describe(element: Element): string {
  return `<${element.localName} class="${element.getAttribute('class') ?? ''}"> "${element.textContent.trim().slice(0, 30)}"`;
}

const query = new URLSearchParams(location.search);
useLanguage(query.get('language') ?? 'en');
if (query.get('strings') === 'pseudo') {
  // Longer words with accents, as translations have: what overflows here would overflow in German.
  useStrings(
    Object.fromEntries(
      Object.entries(englishStrings).map(([key, value]) => [key, lengthen(value)]),
    ),
  );
}
adoptPageStyles();
stage.dress('dark');
window.stage = stage;

function lengthen(value: string): string {
  let vowels = 0;
  return value.replaceAll(/\{\w+\}|[aeiou]/g, (part) => {
    vowels += 1;
    const accented = accents[part];
    if (accented === undefined) {
      return part;
    }
    return vowels % 3 === 0 ? `${accented}${accented}${part}` : accented;
  });
}
