import type { Database } from '../sqlite/database.ts';

/**
 * By which rules the roll-ups of a database were counted: `counting_rules` in `meta`, beside what days they are of. Raised
 * with every change of what counts. 1, or none: imported time stood beside what was recorded.
 */
export const countingRules = 2;

/** Whether roll-ups were counted by the present rules. */
export function isCountedAnew(database: Database): boolean {
  const row = database.row("SELECT value FROM meta WHERE key = 'counting_rules'");
  return (row?.number(0) ?? 1) >= countingRules;
}

/** Says that all roll-ups are counted by the present rules, or will be before anybody asks for them. */
export function noteCountedAnew(database: Database): void {
  database.run("INSERT OR REPLACE INTO meta VALUES ('counting_rules', ?)", [countingRules]);
}
