import assert from 'node:assert/strict';
import type { FlowState } from '../../src/facts/flow.ts';
import type { FocusView } from '../../src/focus/session/focusView.ts';
import { FocusLabels } from '../../src/host/focus/focusLabel.ts';

const view: FocusView = {
  id: '1'.repeat(32),
  kind: 'focus',
  phase: 'running',
  startMs: 1_700_000_000_000,
  plannedMs: 3_000_000,
  activeMs: 0,
  remainingMs: 3_000_000,
};

describe('FocusLabels', () => {
  it('says what is left, and flow', () => {
    const label = new FocusLabels().labelOf({ ...view, remainingMs: 17.2 * 60_000 }, 'inFlow');
    assert.equal(label.icon, 'target');
    assert.equal(label.text, '18m left, in flow');
    assert.match(label.spoken, /focus session, in flow, minutes left: 18/);
  });

  it('tells breaks, pauses and overtime apart', () => {
    const texts = [
      { ...view, kind: 'break' as const },
      { ...view, phase: 'paused' as const },
      { ...view, phase: 'overtime' as const, remainingMs: 0 },
    ].map((one) => new FocusLabels().labelOf(one, 'steady').text);
    assert.deepEqual(texts, ['Break, 50m left', '50m left, paused', 'Time is over']);
  });

  it('changes at most once a minute, whatever flow does', () => {
    const labels = new FocusLabels();
    const flows: readonly FlowState[] = ['inFlow', 'steady', 'unknown', 'inFlow', 'reading'];
    const texts = Array.from({ length: 121 }, (_, second) =>
      labels.labelOf(
        { ...view, remainingMs: view.plannedMs - second * 1000 },
        flows[second % flows.length] ?? 'steady',
      ),
    ).map(({ text }) => text);
    const changes = texts.filter((text, index) => index > 0 && text !== texts[index - 1]);
    assert.equal(changes.length, 2);
  });
});
