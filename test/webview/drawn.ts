import type { Page } from 'playwright-core';

/** What stands on the stage, measured where it was drawn. */

/** A box along the ribbon, in percent of its width. */
interface DrawnBox {
  readonly from: number;
  readonly to: number;
}

export interface DrawnRibbon {
  /** The labels that can be seen, from the left; `at` is the moment that each stands for. */
  readonly labels: readonly (DrawnBox & { readonly words: string; readonly at: number })[];
  readonly ticks: readonly number[];
  readonly spans: readonly DrawnBox[];
}

/** Measures the day's ribbon on the stage. */
export function drawnRibbon(page: Page): Promise<DrawnRibbon> {
  return page.locator('millrace-day-ribbon svg.ribbon').evaluate((svg) => {
    const frame = svg.getBoundingClientRect();
    const box = (element: Element): { from: number; to: number } => {
      const { left, right } = element.getBoundingClientRect();
      return {
        from: ((left - frame.left) / frame.width) * 100,
        to: ((right - frame.left) / frame.width) * 100,
      };
    };
    const all = (selector: string): Element[] => [...svg.querySelectorAll(selector)];
    const number = (element: Element, name: string): number =>
      Number.parseFloat(element.getAttribute(name) ?? '');
    return {
      labels: all('text')
        .filter((label) => getComputedStyle(label).display !== 'none')
        .map((label) => ({
          ...box(label),
          words: label.textContent.trim(),
          at: number(label, 'x'),
        })),
      ticks: all('line.hour').map((tick) => number(tick, 'x1')),
      spans: all('rect[class^=fill-]').map(box),
    };
  });
}

/** Numbers that are none, in any attribute or text on the stage, in words. */
export function brokenNumbers(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    const broken = /NaN|undefined|Infinity|∞|null|Invalid Date|\[object/;
    const found: string[] = [];
    const look = (node: Node): void => {
      if (node instanceof Text && broken.test(node.data)) {
        found.push(node.data.trim());
      }
      if (node instanceof HTMLStyleElement) {
        return;
      }
      if (node instanceof Element) {
        for (const { name, value } of node.attributes) {
          if (broken.test(value)) {
            found.push(`<${node.localName} ${name}="${value}">`);
          }
        }
        // A width or place that is no length or number is drawn as nothing, without a complaint.
        for (const child of node.shadowRoot?.childNodes ?? []) {
          look(child);
        }
      }
      for (const child of node.childNodes) {
        look(child);
      }
    };
    look(document.body);
    return found;
  });
}

/** The rows of the first table with this name, cell by cell. */
export function tableRows(page: Page, name: string | RegExp): Promise<readonly string[]> {
  return page
    .getByRole('table', { name })
    .first()
    .locator('tbody tr')
    .evaluateAll((rows) =>
      rows.map((row) =>
        [...row.children]
          .map((cell) => cell.textContent.replaceAll(/\s+/g, ' ').trim())
          .join(' | '),
      ),
    );
}
