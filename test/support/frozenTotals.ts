import { createHash } from 'node:crypto';
import path from 'node:path';
import * as v from 'valibot';
import { loadSqlite } from '../../src/vault/sqlite/database.ts';
import { KeyFileProtector } from '../../src/vault/protectors/keyFileProtector.ts';
import { wasmPath } from './keeperBundle.ts';
import { MemoryLog } from './memoryLog.ts';
import { openKeyring } from './vaultTools.ts';
import { newLedger } from './trusting.ts';

/** What every later Millrace must find in a frozen vault. */
export const frozenTotalsSchema = v.strictObject({
  sessions: v.number(),
  minutes: v.number(),
  seconds: v.number(),
  feedback: v.number(),
  tombstones: v.number(),
  focusSessions: v.number(),
  /** Milliseconds between the starts and the ends of those that have ended. */
  focusMs: v.number(),
  auditLines: v.number(),
  /** `name version sha256`, of the bytes as they are stored. */
  templates: v.array(v.string()),
  /** Of each local day: day, seconds steady, in flow, reading and assisted, longest spell, interruptions, sessions. */
  days: v.array(v.array(v.number())),
});

export type FrozenTotals = v.InferOutput<typeof frozenTotalsSchema>;

/** Reads a frozen vault as the keeper does. Writes nothing. */
export async function readFrozenTotals(root: string): Promise<FrozenTotals> {
  const folder = path.join(root, 'vault');
  const ledger = newLedger({
    folder,
    keyring: await openKeyring(folder, [new KeyFileProtector(path.join(root, 'keys'))]),
    sqlite: await loadSqlite(wasmPath),
    log: new MemoryLog(),
  });
  try {
    await ledger.refresh();
    // Rolls up the days.
    ledger.prepareSnapshot(new Set());
    const { database } = ledger;
    const number = (sql: string): number => database.row(sql)?.number(0) ?? 0;
    return {
      sessions: number('SELECT count(*) FROM sessions'),
      minutes: number('SELECT count(*) FROM minutes'),
      seconds: number('SELECT coalesce(sum(seconds), 0) FROM minutes'),
      feedback: number('SELECT count(*) FROM feedback'),
      tombstones: number('SELECT count(*) FROM tombstones'),
      focusSessions: number('SELECT count(*) FROM focus_sessions'),
      focusMs: number('SELECT coalesce(sum(end_ms - start_ms), 0) FROM focus_sessions'),
      auditLines: number('SELECT count(*) FROM audit_log'),
      templates: database
        .rows('SELECT name, version, deflated FROM templates ORDER BY name, version')
        .map((row) => `${row.text(0)} ${row.number(1)} ${sha256(row.blob(2))}`),
      days: database
        .rows(
          `SELECT day, steady_seconds, in_flow_seconds, reading_seconds, assisted_seconds,
             longest_spell_seconds, interruptions, sessions FROM days ORDER BY day`,
        )
        .map((row) => [0, 1, 2, 3, 4, 5, 6, 7].map((column) => row.number(column))),
    };
  } finally {
    ledger.dispose();
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
