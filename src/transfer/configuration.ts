import * as v from 'valibot';
import { TransferError } from './transferError.ts';

/**
 * The configuration as one file, to take it to another computer: UTF-8 JSON, `format` `"millrace-configuration"`, `version` 1,
 * `madeMs`, `settings` (by their names below `millrace.`; the lists of what is blocked are among them) and `layout` (the
 * dashboard's, as the dashboard keeps it; null where there is none). What belongs to one computer, as folders and ports, is not in it.
 */
const configurationFormat = 'millrace-configuration';
const configurationVersion = 1;

const largestBytes = 4 << 20;

/** What JSON has. */
export type Json =
  string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

/** No schema of its parts, which would leave out names that objects have by themselves. */
const json = v.custom<Json>(isJson);

const configurationSchema = v.strictObject({
  format: v.literal(configurationFormat),
  version: v.literal(configurationVersion),
  madeMs: v.pipe(v.number(), v.safeInteger()),
  // A list passes for a record.
  settings: v.pipe(
    v.custom<Readonly<Record<string, unknown>>>((value) => !Array.isArray(value)),
    v.record(v.string(), json),
  ),
  layout: json,
});
export type Configuration = v.InferOutput<typeof configurationSchema>;

/** What is known of one setting, from the manifest and the host's own checks. */
export interface SettingRule {
  /** Below `millrace.`. */
  readonly name: string;
  /** Of this computer alone: left out of the file, and not taken from one. */
  readonly isOfMachine: boolean;
  /** Whether a value is of the setting's type, and within its range. */
  accepts(value: Json): boolean;
}

/**
 * Why something of a file is not taken. `unknown`: there is no such setting here (of a later Millrace, or misspelt); `wrongType`: or out
 * of range; `ofMachine`: it belongs to the computer that the file is from.
 */
type ConfigurationRefusal = 'unknown' | 'wrongType' | 'ofMachine';

/** What taking a file would do; nothing else changes. */
export interface ConfigurationPreview {
  /** Settings that get another value, by name. `undefined`: here it is as it is by default. */
  readonly changes: readonly {
    readonly name: string;
    readonly from: Json | undefined;
    readonly to: Json;
  }[];
  /** Settings that are in the file as they are here. */
  readonly same: number;
  readonly refused: readonly { readonly name: string; readonly reason: ConfigurationRefusal }[];
  /** The layout to take; `undefined`: it is the same, or there is none in the file, or it is none. */
  readonly layout: Json | undefined;
}

/** What there is now: values that somebody set, by name below `millrace.`, and the layout. */
export interface PresentConfiguration {
  readonly settings: Readonly<Record<string, Json>>;
  readonly layout: Json;
}

/** The bytes of a file. Settings that belong to this computer, or that there are no rules for, are left out. */
export function formatConfiguration(
  { settings, layout }: PresentConfiguration,
  rules: readonly SettingRule[],
  madeMs: number,
): Uint8Array {
  const kept = rules
    .filter(({ name, isOfMachine }) => !isOfMachine && Object.hasOwn(settings, name))
    .map(({ name }) => [name, settings[name]] as const)
    .sort(([one], [other]) => (one < other ? -1 : 1));
  const file = {
    format: configurationFormat,
    version: configurationVersion,
    madeMs: Math.round(madeMs),
    settings: Object.fromEntries(kept),
    layout,
  };
  return new TextEncoder().encode(`${JSON.stringify(file, undefined, 2)}\n`);
}

/**
 * Reads a whole file.
 * @throws {TransferError} `laterVersion`; `notOurs` when it is something else; `damaged` when it is no JSON; `malformed`;
 * `tooLarge`
 */
export function parseConfiguration(bytes: Uint8Array): Configuration {
  if (bytes.length > largestBytes) {
    throw new TransferError('tooLarge', 'A configuration is no file of this size');
  }
  const value = parseJson(bytes);
  const start = v.object({ format: v.literal(configurationFormat), version: v.number() });
  if (!v.is(start, value)) {
    throw new TransferError('notOurs', 'This is no configuration');
  }
  if (value.version > configurationVersion) {
    throw new TransferError('laterVersion', 'A later Millrace wrote this configuration');
  }
  const result = v.safeParse(configurationSchema, value);
  if (!result.success) {
    throw new TransferError('malformed', 'A configuration is not as one is written');
  }
  return result.output;
}

/** Compares a file with what there is. Nothing is set that is not in the list of changes. */
export function previewConfiguration(
  { settings, layout }: Configuration,
  present: PresentConfiguration,
  rules: readonly SettingRule[],
  acceptsLayout: (layout: Json) => boolean,
): ConfigurationPreview {
  const byName = new Map(rules.map((rule) => [rule.name, rule]));
  const changes: ConfigurationPreview['changes'][number][] = [];
  const refused: ConfigurationPreview['refused'][number][] = [];
  let same = 0;
  for (const [name, to] of Object.entries(settings)) {
    const reason = refusalOf(byName.get(name), to);
    const from = Object.hasOwn(present.settings, name) ? present.settings[name] : undefined;
    if (reason !== undefined) {
      refused.push({ name, reason });
    } else if (from !== undefined && isSame(from, to)) {
      same++;
    } else {
      changes.push({ name, from, to });
    }
  }
  const isNewLayout = layout !== null && acceptsLayout(layout) && !isSame(layout, present.layout);
  if (layout !== null && !acceptsLayout(layout)) {
    refused.push({ name: 'layout', reason: 'wrongType' });
  }
  return { changes, same, refused, layout: isNewLayout ? layout : undefined };
}

function isJson(value: unknown): value is Json {
  if (typeof value === 'object') {
    return value === null || Object.values(value).every(isJson);
  }
  // A number that is too large for one is read as infinite.
  return typeof value === 'number'
    ? Number.isFinite(value)
    : typeof value === 'string' || typeof value === 'boolean';
}

function refusalOf(rule: SettingRule | undefined, value: Json): ConfigurationRefusal | undefined {
  if (rule === undefined) {
    return 'unknown';
  }
  if (rule.isOfMachine) {
    return 'ofMachine';
  }
  return rule.accepts(value) ? undefined : 'wrongType';
}

/** Whether two values say the same; the order of an object's members says nothing. */
function isSame(one: Json, other: Json): boolean {
  return canonical(one) === canonical(other);
}

function canonical(value: Json): string {
  return JSON.stringify(value, (_name, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([one], [other]) => (one < other ? -1 : 1)))
      : inner,
  );
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown;
  } catch (cause) {
    throw new TransferError('damaged', 'A configuration is no JSON', { cause });
  }
}
