// Turns sessions of the KLiCKe corpus into streams for `millrace replay`.
//
//   node scripts/klicke.mjs SESSIONS.jsonl FOLDER [COUNT]
//
// SESSIONS.jsonl holds one session a line: {"session", "dt_ms": [ms since the previous event, ...],
// "kind": "one letter an event", "sizes": [[index, inserted, deleted], ...]}. Each becomes FOLDER/<session>.jsonl.
// The corpus: Tian, Crossley, Van Waes; Learning Agency Lab; CC BY 4.0.
import { createReadStream, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

/** Sessions have no date; they all begin here. */
const startMs = Date.UTC(2024, 0, 8, 9);
/** As many characters at once are a block, whoever wrote them. */
const blockChars = 8;

/** The events of a session, in the words of a replay. */
export function* replayEvents(session, atMs = startMs) {
  const sizes = new Map(
    session.sizes.map(([index, inserted, deleted]) => [index, [inserted, deleted]]),
  );
  let t = atMs;
  for (let index = 0; index < session.kind.length; index++) {
    t += session.dt_ms[index];
    const letter = session.kind[index];
    const [inserted, deleted] = sizes.get(index) ?? [1, 1];
    switch (letter) {
      case 'I':
      case 'P':
      case 'M': {
        const kind =
          inserted >= blockChars || letter !== 'I' ? 'block' : inserted > 1 ? 'unknown' : 'insert';
        yield { t, kind, n: inserted };
        break;
      }
      case 'D':
        yield { t, kind: 'delete', n: deleted };
        break;
      case 'R':
        yield { t, kind: inserted >= blockChars ? 'block' : 'replace', n: inserted };
        break;
      case 'C':
        yield { t, kind: 'navigate' };
        break;
      default:
      // Arrows, shift and control: VS Code tells nothing of most of them.
    }
  }
}

async function main([source, folder, count = 'Infinity']) {
  if (source === undefined || folder === undefined) {
    console.error('Usage: node scripts/klicke.mjs SESSIONS.jsonl FOLDER [COUNT]');
    process.exitCode = 2;
    return;
  }
  mkdirSync(folder, { recursive: true });
  let written = 0;
  for await (const line of createInterface({
    input: createReadStream(source),
    crlfDelay: Infinity,
  })) {
    if (line.trim() === '' || written >= Number(count)) {
      continue;
    }
    const session = JSON.parse(line);
    const lines = [...replayEvents(session)].map((event) => `${JSON.stringify(event)}\n`);
    writeFileSync(path.join(folder, `${session.session}.jsonl`), lines.join(''));
    written++;
  }
  console.error(`${written} sessions written`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await main(process.argv.slice(2));
}
