import { css, html, nothing, type TemplateResult } from 'lit';
import type { InsightsReading } from '../../readings/insightsReading.ts';
import {
  formatClockHour,
  formatCount,
  formatDate,
  formatDuration,
  formatPercent,
  formatShortDuration,
  formatTime,
} from '../shared/format.ts';
import { barTable, insightBarStyles, type Bar } from './insightBars.ts';
import { signWords } from './insightWords.ts';
import { text } from '../shared/strings.ts';

/** What each insight rests on: its table of bars, and the latest moments of which it speaks. */

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

export const evidenceStyles = css`
  ${insightBarStyles}
  .note {
    max-width: 42em;
    margin-bottom: 8px;
    text-wrap: pretty;
  }
  .latest {
    margin-bottom: 8px;
  }
  .latest caption {
    padding-bottom: 2px;
    color: var(--muted);
    text-align: start;
  }
  .latest td,
  .latest th {
    vertical-align: baseline;
  }
  .latest .whole {
    white-space: nowrap;
  }
  .latest td:last-child {
    overflow-wrap: anywhere;
  }
`;

function note(words: string): TemplateResult {
  return html`<p class="note small muted">${words}</p>`;
}

/** Every hour of the day with the share of its active time in flow. */
export function hoursEvidence({ found, hours }: InsightsReading['bestHours']): TemplateResult {
  const isChosen = (hour: number): boolean =>
    found !== null &&
    (found.fromHour < found.toHour
      ? hour >= found.fromHour && hour < found.toHour
      : hour >= found.fromHour || hour < found.toHour);
  const rows = hours.map(({ hour, days, activeSeconds, inFlowSeconds }) => {
    const share = activeSeconds === 0 ? 0 : inFlowSeconds / activeSeconds;
    return {
      label: formatClockHour(hour),
      share,
      values: [formatPercent(share), formatCount(days)],
      isChosen: isChosen(hour),
    };
  });
  const columns = [text('insights.column.hour'), text('insights.column.inFlow')];
  return html`${barTable([...columns, text('insights.column.days')], rows, text('insights.hours.caption'))}
  ${note(text('insights.hours.note'))}`;
}

function classLabel(from: number, to: number | null): string {
  const count = (seconds: number): string => formatCount(seconds / 60);
  if (to === null) {
    return text('insights.class.longer', { from: count(from) });
  }
  return from === 0
    ? text('insights.class.shorter', { to: count(to) })
    : text('insights.class.between', { from: count(from), to: count(to) });
}

function lengthRows(lengths: InsightsReading['spellLength']['lengths']): readonly Bar[] {
  const most = Math.max(1, ...lengths.map(({ times }) => times));
  return lengths.map(({ fromSeconds, toSeconds, times }) => ({
    label: classLabel(fromSeconds, toSeconds),
    share: times / most,
    values: [formatCount(times)],
  }));
}

/** How many spells lasted how long. */
export function spellEvidence({ lengths }: InsightsReading['spellLength']): TemplateResult {
  const columns = [text('insights.column.lasted'), text('insights.column.spells')];
  return html`${barTable(columns, lengthRows(lengths), text('insights.spells.caption'))}
  ${note(text('insights.spells.note'))}`;
}

/** What was seen how often before breaks and in the midst of spells, and the last of the breaks. */
export function breakEvidence({
  basis,
  found,
  latest,
}: InsightsReading['beforeBreaks']): TemplateResult {
  const rows = (found ?? []).map(({ sign, breaks, usualShare }) => ({
    label: signWords(sign),
    share: breaks / Math.max(1, basis.have),
    tick: usualShare,
    values: [
      formatPercent(breaks / Math.max(1, basis.have)),
      usualShare === null ? '–' : formatPercent(usualShare),
    ],
  }));
  const columns = [
    text('insights.column.seen'),
    text('insights.column.beforeBreaks'),
    text('insights.column.inMidst'),
  ];
  return html`${rows.length === 0 ? nothing : barTable(columns, rows, text('insights.breaks.caption'), { isWrapped: true })}
  ${note(text('insights.breaks.note'))}
  ${latestTable(
    text('insights.breaks.latest'),
    [text('insights.column.when'), text('insights.column.spell'), text('insights.column.seen')],
    latest.map(({ atMs, zoneOffsetMinutes, spellSeconds, signs }) => [
      momentWords(atMs, zoneOffsetMinutes),
      html`<span class="whole">${formatShortDuration(spellSeconds * 1000)}</span>`,
      signs.map(signWords).join(', '),
    ]),
  )}`;
}

/** How often it took how long, and the last of them. */
export function recoveryEvidence(state: InsightsReading['recovery']): TemplateResult {
  const columns = [text('insights.column.took'), text('insights.column.times')];
  return html`${barTable(columns, lengthRows(state.lengths), text('insights.recovery.caption'))}
  ${note(text('insights.recovery.note', { count: formatCount(state.leftAgain) }))}
  ${latestTable(
    text('insights.recovery.latest'),
    [text('insights.column.back'), text('insights.column.took')],
    state.latest.map(({ atMs, zoneOffsetMinutes, seconds }) => [
      momentWords(atMs, zoneOffsetMinutes),
      seconds >= state.longestSeconds
        ? classLabel(state.longestSeconds, null)
        : formatDuration(Math.max(1, seconds) * 1000),
    ]),
  )}`;
}

/** Each span of seven days, before the band of what is usual. */
export function focusedEvidence({ found, weeks }: InsightsReading['focusedTime']): TemplateResult {
  const most = Math.max(1, ...weeks.map(({ seconds }) => seconds ?? 0), found?.highSeconds ?? 0);
  const rows = weeks.map(({ fromDay, seconds }, index) => ({
    label: formatDate(fromDay),
    share: (seconds ?? 0) / most,
    values: [seconds === null ? '–' : formatShortDuration(seconds * 1000)],
    isChosen: index === weeks.length - 1,
  }));
  const columns = [text('insights.column.sevenDays'), text('insights.column.focused')];
  const band =
    found === null ? undefined : { low: found.lowSeconds / most, high: found.highSeconds / most };
  return html`${barTable(columns, rows, text('insights.focused.caption'), { band })}
  ${note(text('insights.focused.note'))}`;
}

function latestTable(
  caption: string,
  columns: readonly string[],
  rows: readonly (readonly unknown[])[],
): TemplateResult | typeof nothing {
  if (rows.length === 0) {
    return nothing;
  }
  return html`<table class="data latest">
    <caption class="small">
      ${caption}
    </caption>
    <thead>
      <tr>
        ${columns.map((column) => html`<th scope="col">${column}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        ([first, ...others]) =>
          html`<tr>
            <th scope="row">${first}</th>
            ${others.map((value) => html`<td>${value}</td>`)}
          </tr>`,
      )}
    </tbody>
  </table>`;
}

/** A date and a time, each in one piece. */
function momentWords(atMs: number, zoneOffsetMinutes: number): TemplateResult {
  const day = Math.floor((atMs + zoneOffsetMinutes * minuteMs) / dayMs);
  return html`<span class="whole">${formatDate(day)},</span>
    <span class="whole">${formatTime(atMs, zoneOffsetMinutes)}</span>`;
}
