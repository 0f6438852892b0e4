/**
 * The helper's two programs for awk (POSIX; tried with mawk, gawk, BusyBox and the one of macOS and the BSDs). They hold no
 * single quote, as they stand between two. One table of cases runs through them and through `hostsRemoval.ts`.
 */

/** The words of a line without its remark; it tells how many there are. */
export const wordsFunction = String.raw`  function words(text, into,   p) {
    p = index(text, "#")
    if (p) text = substr(text, 1, p - 1)
    gsub(/[ \t\r\f\v]+/, " ", text)
    return split(text, into, " ")
  }
`;

/** What `takeOut` of `hostsRemoval.ts` does, with what the helper has kept of the blocks that may go. */
export const takingProgram = String.raw`${wordsFunction}  # What a mark says, also when another tool has changed its blanks, its sign or its case.
  function mark(text,   plain, word, n, each) {
    kind = ""; who = ""; whole = 0
    if (tolower(text) !~ /millrace/) return
    plain = text
    sub(/^[^0-9A-Za-z]+/, "", plain)
    if (plain ~ /^(BEGIN|END)[ \t]+Millrace([^0-9A-Za-z_]|$)/) kind = "odd"
    n = split(tolower(plain), word, /[ \t]+/)
    each = substr(word[3], 1, 8)
    if (n < 3 || word[2] != "millrace" || length(each) != 8 || each !~ /^[0-9a-f]+$/) return
    if (word[1] == "end" && substr(word[3], 9, 1) !~ /[0-9a-z]/) {
      kind = "end"; who = each
      whole = one(text) == "# END Millrace " who
    }
    if (word[1] == "begin" && n >= 5 && length(word[3]) == 8 && word[4] ~ /^until=[0-9]+$/ \
      && length(word[4]) <= 22 && word[5] ~ /^newline=(kept|lf|crlf)([^0-9a-z].*)?$/) {
      kind = "begin"; who = each; when = substr(word[4], 7); added = substr(word[5], 9)
      sub(/[^a-z].*$/, "", added)
      whole = one(text) == "# BEGIN Millrace " who " until=" when " newline=" added
      if (!whole) added = "kept"
    }
  }
  function one(text) { sub(/\r$/, "", text); return text }
  # What an entry says: its address, and its names in lower case, each once.
  function entry(text,   n, i, word, seen, each) {
    names = 0; family = ""; form = ""; address = ""
    n = words(text, word)
    if (n < 2) return
    address = word[1]
    if (address ~ /^0+(\.0+)?(\.0+)?(\.0+)?$/) family = 4
    else if (address ~ /^[0:]*:[0:]*$/ || address ~ /^[0:]*:0+\.0+\.0+\.0+$/) family = 6
    for (i = 2; i <= n; i++) {
      each = fold(word[i])
      if (each in seen) continue
      seen[each] = 1
      name[++names] = each
      form = form " " each
    }
  }
  function zero(text) {
    names = 0; family = ""
    if (text ~ /^[ \t\r\f\v]*[0:]/) entry(text)
    if (family == "") names = 0
  }
  function fold(text) { text = tolower(text); sub(/\.$/, "", text); return text }
  function site(text) { sub(/^www\./, "", text); return text }
  function take(line, which) {
    if (!((line, which) in takes)) { takes[line, which] = 1; taken[line]++ }
  }
  # A line without the names that go; "" when none would be left.
  function rest(line,   text, p, out, end, n, i, word, kept) {
    text = L[line]
    p = index(text, "#")
    end = p ? " " substr(text, p) : (text ~ /\r$/ ? "\r" : "")
    if (p) text = substr(text, 1, p - 1)
    match(text, /^[ \t\r\f\v]*[^ \t\r\f\v]+/)
    out = substr(text, 1, RLENGTH)
    text = substr(text, RLENGTH + 1)
    gsub(/[ \t\r\f\v]+/, " ", text)
    n = split(text, word, " ")
    for (i = 1; i <= n; i++) if (!((line, fold(word[i])) in takes)) { out = out " " word[i]; kept++ }
    return kept ? out end : ""
  }
  # Whether nobody has touched what stands between two marks: pairs of the two addresses, each of one name.
  function written(first, last,   j, each, pairs) {
    for (j = first + 1; j < last; j += 2) {
      zero(L[j])
      each = name[1]
      if (family != 4 || names != 1 || each in pairs || j + 1 >= last) return 0
      pairs[each] = 1
      zero(L[j + 1])
      if (family != 6 || names != 1 || name[1] != each) return 0
    }
    return 1
  }
  # Over, or so far ahead that the clock was set back since.
  function isover(deadline) { return deadline / 1000 <= now || deadline / 1000 > latest }
  function selected(line) {
    return owner == "all" || W[line] == owner || (owner == "expired" && isover(U[line]))
  }

  part == "known" {
    what = substr($0, 1, 1); text = substr($0, 3)
    if (what == "O") { about = text; known[about] = 0 }
    if (what == "U") { deadline[about, text] = 1; if (text + 0 > known[about]) known[about] = text + 0 }
    if (what == "N") wrote[about, text] = 1
    if (what == "B") {
      sub(/^\357\273\277/, "", text)
      zero(text)
      for (i = 1; i <= names; i++) {
        had[about, family " " name[i]]++
        said[about, family " " name[i], form]++
      }
    }
    next
  }
  {
    L[++n] = $0
    if (n == 1 && sub(/^\357\273\277/, "", L[1])) bom = "\357\273\277"
  }
  END {
    for (i = 1; i <= n; i++) {
      mark(L[i])
      if (kind == "") continue
      M[i] = kind; W[i] = who
      if (kind == "begin") {
        U[i] = when; A[i] = added; X[i] = whole
        if (who in open) odd[open[who]] = 1
        open[who] = i
      } else if (kind == "end" && who in open) {
        close_[open[who]] = i
        delete open[who]
      } else odd[i] = 1
    }
    for (who in open) odd[open[who]] = 1

    # What is kept of a block that is not to go as a whole tells nothing.
    for (whose in known)
      if (owner != "all" && owner != whose && !(owner == "expired" && isover(known[whose]))) ignored[whose] = 1
    for (whose in ignored) delete known[whose]

    # Between marks: what Millrace wrote there.
    for (i = 1; i <= n; i++) {
      if (!(i in close_)) continue
      for (j = i; j <= close_[i]; j++) within[j] = 1
      if (!selected(i)) continue
      split("", count); split("", there)
      for (j = i + 1; j < close_[i]; j++) {
        zero(L[j])
        for (k = 1; k <= names; k++)
          if (!((family " " name[k]) in there)) { there[family " " name[k]] = 1; count[site(name[k])]++ }
      }
      isknown = W[i] in known
      ofthis = isknown && ((W[i], U[i]) in deadline)
      counted = isknown && !written(i, close_[i])
      some = 0
      for (j = i + 1; j < close_[i]; j++) {
        zero(L[j])
        for (k = 1; k <= names; k++) {
          if (!((isknown && (W[i], name[k]) in wrote) || (!ofthis && count[site(name[k])] >= 2))) continue
          some = 1
          key = family " " name[k]
          if (isknown) inside[W[i], key] = 1
          if (counted) {
            pooled[W[i], key]++
            pool[W[i], key, pooled[W[i], key]] = j
            poolform[W[i], key, pooled[W[i], key]] = form
          } else take(j, name[k])
        }
      }
      if (isknown || some) { marked[i] = 1; marked[close_[i]] = 1; goes[i] = 1 }
      # Its entries are somewhere else, or nowhere: nobody can tell.
      else { odd[i] = 1; odd[close_[i]] = 1 }
    }

    # Outside of all marks, and between marks where somebody has moved lines: entries of a block that are more than
    # there were before it. Those that stood outside before, and say just the same, are the first to stay.
    for (whose in known) {
      print whose > done
      split("", many); split("", at); split("", like); split("", keys)
      for (i = 1; i <= n; i++) {
        if (i in within || i in M) continue
        zero(L[i])
        for (k = 1; k <= names; k++) {
          if (!((whose, name[k]) in wrote) || ((i, name[k]) in takes)) continue
          key = family " " name[k]
          keys[key] = 1
          many[key]++
          at[key, many[key]] = i
          like[key, many[key]] = form
        }
      }
      for (key in pooled) { split(key, word, SUBSEP); if (word[1] == whose) keys[word[2]] = 1 }
      for (key in keys) {
        spare = had[whose, key] + 0
        split("", used); split("", stays)
        for (k = 1; k <= many[key]; k++) {
          f = like[key, k]
          if (spare > 0 && said[whose, key, f] > used[f] + 0) { used[f]++; spare--; stays[k] = 1 }
        }
        for (k = 1; k <= many[key]; k++) {
          if (k in stays) continue
          if (spare > 0) { spare--; continue }
          if ((whose, key) in inside) doubtful[at[key, k]] = 1
          else take(at[key, k], substr(key, 3))
        }
        split("", used); split("", stays)
        for (k = 1; k <= pooled[whose, key]; k++) {
          f = poolform[whose, key, k]
          if (spare > 0 && said[whose, key, f] > used[f] + 0) { used[f]++; spare--; stays[k] = 1 }
        }
        for (k = 1; k <= pooled[whose, key]; k++) {
          if (k in stays) continue
          if (spare > 0) { spare--; continue }
          take(pool[whose, key, k], substr(key, 3))
        }
      }
      for (i = 1; i <= n; i++) if (i in odd && W[i] == whose) { marked[i] = 1; delete odd[i] }
    }

    carried = ""
    for (i = 1; i <= n; i++) {
      if (i in goes && A[i] != "kept") carried = A[i]
      if (i in marked) continue
      text = L[i]
      if (i in taken) { text = rest(i); if (text == "") continue }
      # The line end that was added now stands before the next section, which has to know.
      if (carried != "" && M[i] == "begin" && X[i] && A[i] == "kept") sub(/newline=kept/, "newline=" carried, text)
      carried = ""
      O[++m] = text
      lastline = i
      if (i in doubtful) print m > doubts
    }
    for (i = 1; i <= n; i++)
      if (i in odd && (action == "on" || owner == "all" || owner == "expired" || W[i] == owner)) print i > odds
    noend = (unended && lastline == n) || (m && carried != "")
    if (m && carried == "crlf") sub(/\r$/, "", O[m])
    printf "%s", bom
    for (i = 1; i <= m; i++) printf "%s%s", O[i], ((i == m && noend) ? "" : "\n")
  }
`;

/** What `addSection` of `hostsSection.ts` asks: the line above which the section stands, or 0 for the end. */
export const placeProgram = String.raw`${wordsFunction}    part == "names" { wanted[$0] = 1; next }
    {
      line++
      text = $0
      if (line == 1) sub(/^\357\273\277/, "", text)
      if (text ~ /^# BEGIN Millrace / && !inside) inside = line
      if (text ~ /^# END Millrace /) inside = 0
      n = words(text, word)
      if (n < 2) next
      address = word[1]
      if (address !~ /^[0-9]+(\.[0-9]+)?(\.[0-9]+)?(\.[0-9]+)?$/ \
        && address !~ /^[0-9a-fA-F:.]*:[0-9a-fA-F:.]*(%.*)?$/) next
      if (!first) first = inside ? inside : line
      if (address ~ /^0+(\.0+)?(\.0+)?(\.0+)?$/ || address ~ /^[0:]*:(0+\.0+\.0+\.0+|[0:]*)$/) next
      if (address ~ /^127\./ || address ~ /^[0:]*:0*1$/) next
      for (i = 2; i <= n; i++) {
        each = tolower(word[i])
        sub(/\.$/, "", each)
        if (each in wanted) found = 1
      }
    }
    END { print (found ? first : 0) }
`;
