/**
 * Which machine is meant by the names that programs give it. They don't agree on the name of one: one asks the system, one
 * the network, and one does not know where it runs.
 */

/** What is written for "here", or by who does not know. */
const nameless: ReadonlySet<string> = new Set([
  ...['', 'unknown', 'localhost', '!local', 'none', 'null', 'undefined'],
]);
/** Says no more than "in this network". */
const localEnd = /\.(?:local|localdomain|lan|home|home\.arpa|internal|intranet|fritz\.box)$/;
const address = /^\d+(?:\.\d+){3}$/;

interface HostName {
  /** The first label of a domain name, in small letters. */
  readonly label: string;
  /** What follows it; empty where nothing does. */
  readonly domain: string;
}

/** A program's place, as a file tells it. */
interface ToldHost {
  readonly hostname: unknown;
  /** Of the bucket; often ends with an underscore and the name. */
  readonly id: string;
}

/**
 * Tells hosts apart as people would: capital letters and the ends of local networks say nothing, and a bare name is that of the
 * one machine that has it with a domain. Two machines that bear one name in two domains stay two. Who bears no name is on the
 * machine that its id names, or on the only one that is named at all.
 * @param all everything of the file, so that what is the only one is the only one
 * @returns a key for each: the same for the same host; empty where it can't be told
 */
export function hostKeys(all: readonly ToldHost[]): (told: ToldHost) => string {
  const domains = new Map<string, Set<string>>();
  for (const { label, domain } of all.flatMap(({ hostname }) => readHostName(hostname) ?? [])) {
    const known = domains.get(label) ?? new Set();
    domains.set(label, domain === '' ? known : known.add(domain));
  }
  const keyOf = (text: unknown): string | undefined => {
    const name = readHostName(text);
    const hasNamesakes = name !== undefined && (domains.get(name.label)?.size ?? 0) > 1;
    return hasNamesakes && name.domain !== '' ? `${name.label}.${name.domain}` : name?.label;
  };
  const named = new Set(all.flatMap(({ hostname }) => keyOf(hostname) ?? []));
  const [only = ''] = named.size === 1 ? named : [];
  return ({ hostname, id }) => {
    const ofId = keyOf(id.slice(id.indexOf('_') + 1));
    return keyOf(hostname) ?? (ofId !== undefined && named.has(ofId) ? ofId : only);
  };
}

/** `undefined` for what is the name of no machine. */
function readHostName(value: unknown): HostName | undefined {
  if (typeof value !== 'string') {
    return undefined;
  }
  const whole = value.normalize('NFC').trim().toLowerCase().replace(/\.+$/, '');
  const name = address.test(whole) ? whole : whole.replace(localEnd, '');
  if (nameless.has(name)) {
    return undefined;
  }
  const dot = address.test(name) ? -1 : name.indexOf('.');
  return dot <= 0
    ? { label: name, domain: '' }
    : { label: name.slice(0, dot), domain: name.slice(dot + 1) };
}
