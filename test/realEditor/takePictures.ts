import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { makeTestFolder, RealEditor, removeTestFolder } from './realEditor.ts';
import type { EditorWindow } from './editorWindow.ts';

/** What pictures are taken of, and where they go. */
export interface PictureOptions {
  readonly vsixFile: string;
  /** Fills a folder with a vault of made-up history. */
  readonly fillWithDemo: (storage: string) => Promise<void>;
  readonly pictureFolder: string;
  /** How long somebody types before the pictures, so that there is a state to show. */
  readonly typingMs: number;
}

const flowItem = 'millrace.millrace.millrace.flow';
const sideBarWidth = 420;

const program = [
  'export function turnWheel(flow: number, wheel: Wheel): Wheel {',
  '  const speed = Math.min(flow / wheel.weight, wheel.maxSpeed);',
  '  return { ...wheel, speed, angle: (wheel.angle + speed) % 360 };',
  '}',
  '',
];

/** Takes the README's pictures from a running editor with made-up history, after some minutes of real typing. */
export async function takePictures(options: PictureOptions): Promise<void> {
  const folder = await makeTestFolder('pictures');
  const workspace = path.join(folder, 'mill');
  const file = path.join(workspace, 'wheel.ts');
  await mkdir(workspace, { recursive: true });
  await mkdir(options.pictureFolder, { recursive: true });
  await writeFile(file, '\n');
  await options.fillWithDemo(path.join(folder, 'data/User/globalStorage/millrace.millrace/vault'));
  const editor = await RealEditor.start({
    folder,
    vsixFiles: [options.vsixFile],
    settings: {
      'editor.minimap.enabled': false,
      'editor.quickSuggestions': { other: 'off', comments: 'off', strings: 'off' },
      'editor.suggestOnTriggerCharacters': false,
      'editor.autoClosingBrackets': 'never',
      'editor.autoClosingQuotes': 'never',
      'editor.autoIndent': 'none',
      'editor.acceptSuggestionOnEnter': 'off',
      'workbench.colorTheme': 'Default Dark Modern',
    },
  });
  try {
    const window = await editor.openWindow({ folder: workspace, file });
    await window.page.setViewportSize({ width: 1280, height: 1000 });
    await window.runCommand('Millrace: Open Dashboard');
    await widenSideBar(window);
    // The view that was asked for takes the focus once it is there.
    await waitForTotals(window);
    await window.focusEditor();
    await typeFor(window, options.typingMs);
    await pictureStatusBar(window, path.join(options.pictureFolder, 'status-bar.png'));
    await pictureDashboard(window, path.join(options.pictureFolder, 'dashboard-dark.png'));
    await window.runCommand('Preferences: Toggle between Light/Dark Themes');
    await window.page.locator('.monaco-workbench.vs').waitFor();
    await pictureDashboard(window, path.join(options.pictureFolder, 'dashboard-light.png'));
  } finally {
    await editor.stop();
    await removeTestFolder(folder);
  }
}

/**
 * Types a small program over and over as a person does: with uneven gaps, a thought at the end of a line, and now and
 * then a slip that is taken back.
 */
async function typeFor(window: EditorWindow, durationMs: number): Promise<void> {
  const endMs = Date.now() + durationMs;
  const between = unevenly();
  let typedMs = Date.now();
  const press = async (key: string): Promise<void> => {
    typedMs += between(90, 320);
    await window.page.waitForTimeout(Math.max(0, typedMs - Date.now()));
    await (key.length === 1 ? window.type(key) : window.press(key));
  };
  for (let line = 0; Date.now() < endMs; line++) {
    for (const key of program[line % program.length] ?? '') {
      if (between(0, 1) < 0.04) {
        await press('x');
        await press('Backspace');
      }
      await press(key);
    }
    typedMs += between(600, 9_000);
    await press('Enter');
    if (line % 40 === 39) {
      // A file that only grows would scroll the picture's contents away.
      await window.press('Control+a');
    }
  }
}

/** The same sequence each time, so that pictures are alike: a linear congruential generator. */
function unevenly(): (least: number, most: number) => number {
  let state = 12_345;
  return (least, most) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return least + (state / 2 ** 32) * (most - least);
  };
}

async function widenSideBar(window: EditorWindow): Promise<void> {
  const bar = await window.page.locator('.part.sidebar').boundingBox();
  if (bar === null) {
    throw new Error('The side bar is not to be seen');
  }
  const edge = { x: bar.x + bar.width, y: bar.y + bar.height / 2 };
  await window.page.mouse.move(edge.x, edge.y);
  await window.page.mouse.down();
  await window.page.mouse.move(edge.x + sideBarWidth - bar.width, edge.y, { steps: 5 });
  await window.page.mouse.up();
}

async function waitForTotals(window: EditorWindow): Promise<void> {
  const frame = await window.webviewFrame('millrace-dashboard');
  await frame.getByText('longest spell').first().waitFor();
}

async function pictureDashboard(window: EditorWindow, file: string): Promise<void> {
  await waitForTotals(window);
  await window.page.locator('.part.sidebar').screenshot({ path: file });
}

/** The item with its tooltip. */
async function pictureStatusBar(window: EditorWindow, file: string): Promise<void> {
  const item = window.statusBarItem(flowItem);
  await item.hover();
  const hover = window.page.locator('.monaco-hover.workbench-hover, .workbench-hover').last();
  await hover.waitFor();
  const box = await hover.boundingBox();
  const bar = await window.page.locator('.part.statusbar').boundingBox();
  if (box === null || bar === null) {
    throw new Error('The tooltip is not to be seen');
  }
  const x = Math.max(0, box.x - 40);
  await window.page.screenshot({
    path: file,
    clip: {
      x,
      y: box.y - 12,
      width: Math.min(1280 - x, box.width + 240),
      height: bar.y + bar.height - box.y + 12,
    },
  });
  await window.focusEditor();
}
