import { longestBlockMs } from '../sites/blockDeadline.ts';
import { placeProgram, takingProgram } from './hostsHelperAwk.ts';
import { keptNamesText, refusingProgram } from './hostsHelperNames.ts';
import { longestHostsName, mostHostsNames } from './hostsNames.ts';

/** Grows with what the helper can do, or refuses; it stands in the script, from 2 on. */
export const hostsHelperVersion = 3;

/**
 * The helper, as it is installed: root's, readable by all, and able to do nothing but put in and take out
 * Millrace's own section of the hosts file. POSIX sh and awk, the same on Linux and macOS.
 * What it takes out is what `hostsRemoval.ts` would, and where it puts it is where `hostsSection.ts` would.
 */
export const hostsHelperScript = String.raw`#!/bin/sh
# Millrace's helper for the hosts file. It accepts two things and nothing else:
#   millrace-hosts on OWNER UNTIL    blocks the names on its input, one a line, until UNTIL (ms since 1970);
#                                    a day ahead at most
#   millrace-hosts off OWNER         takes that block out again; OWNER may be "all" or "expired"
# "sudo millrace-hosts off all" undoes everything, with no editor and no Millrace.
# It blocks no name of this computer, of your own network, or from which updates come: they stand below.
# Only its own entries go; lines that other programs wrote stay, also between its marks.
# Exit codes: 0 done, 2 not accepted, 3 a mark without its partner (left as it is), 4 done, but for lines that may be
# another program's (left as they are), 1 anything else (nothing changed).
# Version ${hostsHelperVersion}.
set -eu
PATH=/usr/sbin:/usr/bin:/sbin:/bin
LC_ALL=C
export PATH LC_ALL
umask 022
hosts=/etc/hosts
state=/var/lib/millrace
most_names=${mostHostsNames}
most_bytes=${mostHostsNames * (longestHostsName + 1)}
most_owners=32
day=${longestBlockMs / 1000}
now=$(date +%s)

# Never blocked, with all that lies below them.
never='
${keptNamesText()}
'

refuse() { echo "millrace-hosts: $1" >&2; exit 2; }
# The whole argument, of letters and digits alone: grep by itself would be content with one line of several.
matches() {
  case "$1" in *[!0-9a-z]*) return 1 ;; esac
  printf '%s\n' "$1" | grep -Eqx "$2"
}

[ $# -ge 1 ] || refuse "only on and off are accepted"
action=$1
until=0
case "$action" in
  on)
    [ $# -eq 3 ] || refuse "on needs OWNER and UNTIL"
    matches "$2" '[0-9a-f]{8}' || refuse "OWNER is not valid"
    matches "$3" '[1-9][0-9]{12,13}' || refuse "UNTIL is not valid"
    [ $(($3 / 1000)) -le $((now + day + 60)) ] || refuse "UNTIL is more than a day ahead"
    owner=$2 until=$3
    ;;
  off)
    [ $# -eq 2 ] || refuse "off needs OWNER"
    matches "$2" '[0-9a-f]{8}|all|expired' || refuse "OWNER is not valid"
    owner=$2
    ;;
  *) refuse "only on and off are accepted" ;;
esac

mkdir -p -m 0700 "$state"
work=''
beside=''
locked=''
finish() {
  [ -z "$work" ] || rm -rf "$work"
  [ -z "$beside" ] || rm -f "$beside"
  [ -z "$locked" ] || rmdir "$state/lock" 2>/dev/null || true
}
trap finish EXIT
trap 'exit 1' HUP INT TERM

# One at a time; a lock that is left over is taken after ten seconds.
tries=0
until mkdir "$state/lock" 2>/dev/null; do
  tries=$((tries + 1))
  [ "$tries" -lt 50 ] || break
  sleep 0.2
done
locked=yes

# What a crash left.
rm -rf "$state"/work.* "$state"/*.new
work=$(mktemp -d "$state/work.XXXXXX")

real=$(readlink -f "$hosts" 2>/dev/null || echo "$hosts")
[ -f "$real" ] || { echo "millrace-hosts: there is no hosts file" >&2; exit 1; }

# Writing in place was cut short by a crash: do it again, from the copy that was kept for that. A file that is not the
# beginning of that copy is whole, or another program has written it since.
if [ -f "$state/pending" ]; then
  size=$(($(wc -c < "$real")))
  if [ "$size" -eq 0 ] || head -c "$size" "$state/pending" | cmp -s - "$real"; then
    cat "$state/pending" > "$real"
    sync
  fi
  rm -f "$state/pending"
fi

# What a crash left beside the file.
rm -f "$(dirname "$real")"/.millrace-helper.*

cp "$real" "$work/before"

# Whether the last line has no end.
last=0
[ -z "$(tail -c 1 "$work/before")" ] || last=1

# Text goes through awk; where awk would not give it back as it is (a NUL byte in some), nothing is touched.
awk -v unended="$last" '
  NR > 1 { printf "\n" }
  { printf "%s", $0 }
  END { if (NR && !unended) printf "\n" }
' "$work/before" | cmp -s - "$work/before" || { echo "millrace-hosts: not a text file" >&2; exit 1; }

# What was kept of the blocks that may go: their names, deadlines, and the file as it was before.
: > "$work/known"
for kept in "$state"/*.names; do
  [ -f "$kept" ] || continue
  whose=$(basename "$kept" .names)
  case "$owner" in all | expired | "$whose") ;; *) continue ;; esac
  {
    echo "O $whose"
    cat "$kept"
    sed 's/^/B /' "$state/$whose.before" 2>/dev/null || true
    echo
  } >> "$work/known"
done

# Everything but what goes. A line end that was added for a section goes with it.
awk -v owner="$owner" -v action="$action" -v now="$now" -v latest=$((now + day + 60)) -v unended="$last" \
  -v doubts="$work/doubtful" -v odds="$work/odd" -v done="$work/done" '
${takingProgram}' part=known "$work/known" part=hosts "$work/before" > "$work/clean"

if [ "$action" = on ]; then
  # A mark of anybody without its partner: not to be guessed at.
  [ ! -s "$work/odd" ] || exit 3
  head -c $((most_bytes + 1)) > "$work/names"
  [ $(($(wc -c < "$work/names"))) -le "$most_bytes" ] || refuse "there are too many names"
  # Nothing but what names are made of, before anything is read as text: no NUL, no control characters, no capitals.
  [ $(($(tr -d 'a-z0-9.\n-' < "$work/names" | wc -c))) -eq 0 ] || refuse "a name is not valid"
  [ $(($(wc -l < "$work/names"))) -le "$most_names" ] || refuse "there are too many names"
  printf '%s\n' "$never" > "$work/never"
  awk -v machine="$(uname -n)" '
${refusingProgram}  ' part=kept "$work/never" part=hosts "$work/clean" part=names "$work/names" > "$work/refused"
  [ "$(head -n 1 "$work/refused")" = "looked at $(($(wc -l < "$work/names")))" ] && [ -s "$work/names" ] \
    || refuse "a name is not valid, or is one that is never blocked: $(head -n 1 "$work/refused")"
  [ -f "$state/$owner.names" ] || [ "$(find "$state" -name '*.names' | wc -l)" -lt "$most_owners" ] \
    || refuse "there are too many blocks"

  # What will be needed to undo it, kept before anything is changed.
  awk -v doubts="$work/doubtful" '
    BEGIN { while ((getline line < doubts) > 0) skip[line] = 1 }
    !(NR in skip)
  ' "$work/clean" | sed '/^# BEGIN Millrace /,/^# END Millrace /d' > "$state/$owner.before.new"
  {
    cat "$state/$owner.names" 2>/dev/null || true
    echo "U $until"
    sed 's/^/N /' "$work/names"
  } | sort -u > "$state/$owner.names.new"
  sync
  mv "$state/$owner.before.new" "$state/$owner.before"
  mv "$state/$owner.names.new" "$state/$owner.names"
  sync

  # It stands at the end or, where an entry leads one of the names elsewhere, above all entries: the first one counts
  # for many who read the file.
  above=$(awk '
${placeProgram}  ' part=names "$work/names" part=hosts "$work/clean")
  end=''
  head -n 1 "$work/clean" | grep -q "$(printf '\r')\$" && end=$(printf '\r')
  added=kept
  if [ "$above" -eq 0 ] && [ -n "$(tail -c 1 "$work/clean")" ]; then
    added=lf
    [ -z "$end" ] || added=crlf
  fi
  {
    printf '# BEGIN Millrace %s until=%s newline=%s%s\n' "$owner" "$until" "$added" "$end"
    awk -v end="$end" '{ printf "0.0.0.0 %s%s\n:: %s%s\n", $0, end, $0, end }' "$work/names"
    printf '# END Millrace %s%s\n' "$owner" "$end"
  } > "$work/section"
  {
    if [ "$above" -eq 0 ]; then
      cat "$work/clean"
      [ "$added" = kept ] || printf '%s\n' "$end"
      cat "$work/section"
    elif [ "$above" -gt 1 ]; then
      head -n $((above - 1)) "$work/clean"
      cat "$work/section"
      tail -n "+$above" "$work/clean"
    elif [ "$(head -c 3 "$work/clean" | od -An -tx1 | tr -d ' \n')" = efbbbf ]; then
      head -c 3 "$work/clean"
      cat "$work/section"
      tail -c +4 "$work/clean"
    else
      cat "$work/section" "$work/clean"
    fi
  } > "$work/after"
else
  cp "$work/clean" "$work/after"
fi

if ! cmp -s "$work/before" "$work/after"; then
  # A copy with the same mode, owner and labels, filled, synced and renamed; in place where that can't be.
  beside=$(dirname "$real")/.millrace-helper.$$
  if { cp --preserve=all "$real" "$beside" 2>/dev/null || cp -p "$real" "$beside" 2>/dev/null; } \
    && cat "$work/after" > "$beside" && { sync "$beside" 2>/dev/null || sync; } \
    && mv -f "$beside" "$real" 2>/dev/null; then
    beside=''
  else
    cp "$work/after" "$work/pending"
    sync
    mv "$work/pending" "$state/pending"
    sync
    cat "$state/pending" > "$real"
    sync
    rm -f "$state/pending"
  fi

  if [ "$(uname)" = Darwin ]; then
    dscacheutil -flushcache
    killall -HUP mDNSResponder 2>/dev/null || true
  fi
fi
[ "$action" = off ] || exit 0

# What was kept for it is needed no longer.
if [ -s "$work/done" ]; then
  while read -r whose; do
    rm -f "$state/$whose.names" "$state/$whose.before"
  done < "$work/done"
fi
[ ! -s "$work/odd" ] || exit 3
if [ -s "$work/doubtful" ]; then
  echo "millrace-hosts: these lines of the hosts file were not there before, and may be another program's:" \
    "$(tr '\n' ' ' < "$work/doubtful")" >&2
  exit 4
fi
`;

/**
 * The script that the person reads and runs once: it installs the helper, and the rule that lets this one user
 * run it without a password. Run with `uninstall` it takes both away.
 * @param user the login name; letters, digits, `_`, `.` and `-`
 * @throws {RangeError} for a name that would have to be quoted
 */
export function hostsHelperInstaller(user: string): string {
  if (!/^[a-zA-Z_][a-zA-Z0-9_.-]{0,63}$/.test(user)) {
    throw new RangeError('This user name cannot stand in a sudo rule');
  }
  return String.raw`#!/bin/sh
# Installs Millrace's helper for the hosts file. Read it, then run:  sudo sh THIS-FILE
# To take everything away again:                                     sudo sh THIS-FILE uninstall
#
# It makes two files, owned by root, that only root can change:
#   /usr/local/libexec/millrace-hosts   the helper below; it puts in and takes out one marked section
#   /etc/sudoers.d/millrace             lets ${user} run that helper, and nothing else, without a password
set -eu
umask 022
helper=/usr/local/libexec/millrace-hosts
rule=/etc/sudoers.d/millrace
[ "$(id -u)" -eq 0 ] || { echo "Run this with sudo." >&2; exit 1; }

if [ $# -gt 0 ] && [ "$1" = uninstall ]; then
  [ ! -x "$helper" ] || "$helper" off all || [ $? -eq 4 ]
  rm -f "$helper" "$rule"
  rm -rf /var/lib/millrace
  echo "Removed."
  exit 0
fi

mkdir -p /usr/local/libexec
cat > "$helper.new" <<'MILLRACE_HELPER'
${hostsHelperScript}MILLRACE_HELPER
chown 0:0 "$helper.new"
chmod 0755 "$helper.new"
mv "$helper.new" "$helper"

mkdir -p /etc/sudoers.d
printf '%s\n' '${user} ALL=(root) NOPASSWD: /usr/local/libexec/millrace-hosts' > "$rule.new"
chmod 0440 "$rule.new"
if command -v visudo >/dev/null && ! visudo -cqf "$rule.new"; then
  rm -f "$rule.new"
  echo "The sudo rule was not accepted; the helper is installed, but needs a password." >&2
  exit 1
fi
mv "$rule.new" "$rule"
echo "Installed."
`;
}
