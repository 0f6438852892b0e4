import { dayAt, type DayNumber } from '../../facts/localDay.ts';

/** Which part of the vault is exported: everything, or what lies in a range of a person's days. */
export interface ExportScope {
  /** Both included; `undefined` for everything. */
  readonly days: { readonly from: DayNumber; readonly to: DayNumber } | undefined;
  readonly dayStartHour: number;
  /** Local time minus UTC, for records that have no zone of their own. */
  zoneOffsetMinutes(atWallMs: number): number;
}

/** Whether a time lies in the scope. */
export function isInScope(
  scope: ExportScope,
  wallMs: number,
  zoneOffsetMinutes = scope.zoneOffsetMinutes(wallMs),
): boolean {
  if (scope.days === undefined) {
    return true;
  }
  const day = dayAt(wallMs, zoneOffsetMinutes, scope.dayStartHour);
  return day >= scope.days.from && day <= scope.days.to;
}
