import { keptNameGroups } from '../sites/keptNames.ts';
import { localSuffixes } from '../sites/siteName.ts';
import { wordsFunction } from './hostsHelperAwk.ts';
import { longestHostsName, ownAddress } from './hostsNames.ts';

/**
 * What `mayStandInHosts` of `hostsNames.ts` refuses: each such name, and a last line that says how many names were looked at.
 * Its parts: `kept` (the names of `keptNames.ts`), `hosts` (the hosts file) and `names`; `machine` is the system's name.
 */
export const refusingProgram = String.raw`${wordsFunction}  function fold(text) { text = tolower(text); sub(/\.$/, "", text); return text }
  # Whether a name, or one that it lies below, is in a list.
  function within(name, list,   p) {
    for (;;) {
      if (name in list) return 1
      p = index(name, ".")
      if (!p) return 0
      name = substr(name, p + 1)
    }
  }
  function accepted(name,   n, i, label) {
    if (length(name) > ${longestHostsName}) return 0
    n = split(name, label, ".")
    if (n < 2) return 0
    for (i = 1; i <= n; i++)
      if (length(label[i]) > 63 || label[i] !~ /^[a-z0-9-]+$/ || label[i] ~ /^-/ || label[i] ~ /-$/) return 0
    if (label[n] ~ /^[0-9]+$/ || label[n] ~ /^0x[0-9a-f]*$/) return 0
    return !(within(name, local) || within(name, kept) || name in own)
  }
  BEGIN {
    count = split("${localSuffixes.join(' ')}", word, " ")
    for (i = 1; i <= count; i++) local[word[i]] = 1
    machine = fold(machine)
    own[machine] = 1
  }
  part == "kept" { count = split($0, word, " "); for (i = 1; i <= count; i++) kept[word[i]] = 1; next }
  part == "hosts" {
    text = $0
    if (!line++) sub(/^\357\273\277/, "", text)
    if (text ~ /^0\.0\.0\.0 /) next
    count = words(text, word)
    if (count < 2) next
    isown = word[1] ~ /${ownAddress}/
    iszero = word[1] ~ /^0+(\.0+)?(\.0+)?(\.0+)?$/ || word[1] ~ /^[0:]*:(0+\.0+\.0+\.0+|[0:]*)$/
    for (i = 2; i <= count && !isown; i++) isown = !iszero && fold(word[i]) == machine
    if (isown) for (i = 2; i <= count; i++) own[fold(word[i])] = 1
    next
  }
  { looked++; if (!accepted($0)) print }
  END { print "looked at " looked + 0 }
`;

/** The names that are never blocked, as they stand in the helper: lines of several. */
export function keptNamesText(): string {
  return keptNameGroups()
    .flatMap(({ names }) => linesOf(names))
    .join('\n');
}

function linesOf(names: readonly string[]): readonly string[] {
  const lines: string[] = [];
  for (const name of names) {
    const last = lines.at(-1);
    if (last === undefined || last.length + name.length > 110) {
      lines.push(name);
    } else {
      lines[lines.length - 1] = `${last} ${name}`;
    }
  }
  return lines;
}
