import { auditActions, type AuditRecord } from '../record.ts';
import { VaultError } from '../vaultError.ts';
import type { Database } from '../sqlite/database.ts';
import { idBytes, idText } from '../codecs/rowValues.ts';

/** The log of what was done with the vault, as rows. */

/** Writes a line, unless it is there. Whether it was deleted is the caller's to know. */
export function putAudit(database: Database, line: AuditRecord): void {
  database.run(
    'INSERT OR IGNORE INTO audit_log (id, at_ms, zone_offset_minutes, action) VALUES (?, ?, ?, ?)',
    [idBytes(line.id), line.atMs, line.zoneOffsetMinutes, line.action],
  );
}

/** Every line, the oldest first. */
export function readAudit(database: Database): AuditRecord[] {
  return database
    .rows('SELECT id, at_ms, zone_offset_minutes, action FROM audit_log ORDER BY at_ms, id')
    .map((row) => {
      const word = row.text(3);
      const action = auditActions.find((name) => name === word);
      if (action === undefined) {
        throw new VaultError('unknownVersion', 'The log has a word of a later version');
      }
      return {
        type: 'audit',
        id: idText(row.blob(0)),
        atMs: row.number(1),
        zoneOffsetMinutes: row.number(2),
        action,
      };
    });
}
