/**
 * The helper, as it is installed: root's, readable by all, and able to do nothing but put in and take out
 * Millrace's own section of the hosts file. POSIX sh and awk, the same on Linux and macOS.
 */
export const hostsHelperScript = String.raw`#!/bin/sh
# Millrace's helper for the hosts file. It accepts two things and nothing else:
#   millrace-hosts on OWNER UNTIL    blocks the names on its input, one a line, until UNTIL (ms since 1970)
#   millrace-hosts off OWNER         takes that block out again; OWNER may be "all" or "expired"
# "sudo millrace-hosts off all" undoes everything, with no editor and no Millrace.
# Exit codes: 0 done, 2 not accepted, 3 a mark without its partner (nothing changed), 1 anything else.
set -eu
PATH=/usr/sbin:/usr/bin:/sbin:/bin
LC_ALL=C
export PATH LC_ALL
umask 022
hosts=/etc/hosts
state=/var/lib/millrace
most_names=5000

refuse() { echo "millrace-hosts: $1" >&2; exit 2; }
# The whole argument, of letters and digits alone: grep by itself would be content with one line of several.
matches() {
  case "$1" in *[!0-9a-z]*) return 1 ;; esac
  printf '%s\n' "$1" | grep -Eqx "$2"
}

[ $# -ge 1 ] || refuse "only on and off are accepted"
action=$1
case "$action" in
  on)
    [ $# -eq 3 ] || refuse "on needs OWNER and UNTIL"
    matches "$2" '[0-9a-f]{8}' || refuse "OWNER is not valid"
    matches "$3" '[0-9]{13,14}' || refuse "UNTIL is not valid"
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
work=$(mktemp -d "$state/work.XXXXXX")
beside=''
locked=''
finish() {
  rm -rf "$work"
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

real=$(readlink -f "$hosts" 2>/dev/null || echo "$hosts")

# Writing in place was cut short by a crash: do it again, from the copy that was kept for that.
if [ -f "$state/pending" ]; then
  cat "$state/pending" > "$real"
  sync
  rm -f "$state/pending"
fi

# What a crash left beside the file.
rm -f "$(dirname "$real")"/.millrace-helper.*

cp "$real" "$work/before"

# Everything but the sections that go. A line end that was added for a section goes with it.
last=0
[ -z "$(tail -c 1 "$work/before")" ] || last=1
awk -v owner="$owner" -v action="$action" -v now="$(date +%s)" -v unended="$last" '
  function emit(text) { if (shown++) printf "\n"; printf "%s", text; added = 0; wasLast = NR }
  {
    line = $0
    sub(/\r$/, "", line)
    if (line ~ /^# BEGIN Millrace [0-9a-f]+ until=[0-9]+ newline=(kept|lf|crlf)$/) {
      if (inside) exit 3
      split(line, word, " ")
      inside = word[4]
      deadline = substr(word[5], 7) / 1000
      keeps = !(owner == "all" || owner == inside || (owner == "expired" && deadline <= now))
      if (keeps) {
        if (carried != "" && word[6] == "newline=kept") sub(/newline=kept/, "newline=" carried, $0)
        carried = ""
        emit($0)
      } else if (word[6] != "newline=kept") {
        carried = substr(word[6], 9)
      }
      next
    }
    if (line ~ /^# END Millrace [0-9a-f]+$/) {
      split(line, word, " ")
      if (!inside || word[4] != inside) exit 3
      inside = ""
      if (keeps) emit($0)
      next
    }
    if (line ~ /^# (BEGIN|END) Millrace/) exit 3
    if (inside && !keeps) next
    if (!inside) carried = ""
    emit($0)
  }
  END {
    if (inside) exit 3
    if (shown && carried == "" && !(wasLast == NR && unended)) printf "\n"
    if (carried != "") printf "%s\n", carried > "/dev/stderr"
  }
' "$work/before" > "$work/clean" 2> "$work/carried" || exit 3

# With the line end that was added gone, so must be the carriage return that belonged to it.
if [ "$(cat "$work/carried")" = crlf ]; then
  size=$(($(wc -c < "$work/clean") - 1))
  dd if="$work/clean" of="$work/cut" bs=1 count="$size" 2>/dev/null
  mv "$work/cut" "$work/clean"
fi

cp "$work/clean" "$work/after"
if [ "$action" = on ]; then
  head -n "$most_names" > "$work/names"
  grep -Eqvx '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?([.][a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+' "$work/names" \
    && refuse "a name is not valid"
  grep -Eq '.{254}|(^|[.])(localhost|local|localdomain|internal)$|[.][0-9]+$' "$work/names" \
    && refuse "a name is not valid"
  end=''
  head -n 1 "$work/clean" | grep -q "$(printf '\r')\$" && end=$(printf '\r')
  added=kept
  if [ -n "$(tail -c 1 "$work/clean")" ]; then
    added=lf
    [ -z "$end" ] || added=crlf
    printf '%s\n' "$end" >> "$work/after"
  fi
  {
    printf '# BEGIN Millrace %s until=%s newline=%s%s\n' "$owner" "$until" "$added" "$end"
    awk -v end="$end" '{ printf "0.0.0.0 %s%s\n:: %s%s\n", $0, end, $0, end }' "$work/names"
    printf '# END Millrace %s%s\n' "$owner" "$end"
  } >> "$work/after"
fi
cmp -s "$work/before" "$work/after" && exit 0

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
  [ ! -x "$helper" ] || "$helper" off all
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
