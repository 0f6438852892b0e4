import { npm } from './install.mjs';
import { run } from './processes.mjs';

/** The registry answers within this time, or is not asked any longer. */
const longestSilenceMs = 30_000;
const longestAnswerMs = 10_000;

/**
 * Asks the npm registry, whichever npm is set up with, for known faults of the packages that are shipped: those of `dependencies`,
 * and what they need.
 * @param {readonly string[]} options for npm
 * @returns {Promise<{ faults: readonly string[] } | { unasked: string }>} `unasked`: why nobody could tell: no line, or a registry
 *   that keeps no such list
 */
export async function shippedAdvisories(options = []) {
  const [command, args] = npm([
    ...['audit', '--omit=dev', '--package-lock-only', '--json'],
    ...[`--fetch-timeout=${longestAnswerMs}`, '--fetch-retries=0', ...options],
  ]);
  try {
    const { output, timedOut } = await run(command, args, {
      quiet: true,
      silenceMs: longestSilenceMs,
    });
    return timedOut ? { unasked: 'The registry did not answer.' } : readAudit(output);
  } catch (error) {
    return { unasked: String(error) };
  }
}

/** @param {string} output what npm said, warnings and all */
function readAudit(output) {
  let audit;
  try {
    audit = JSON.parse(/^\{[\s\S]*^\}/m.exec(output)?.[0] ?? '');
  } catch {
    return { unasked: 'npm gave no answer that can be read.' };
  }
  const { auditReportVersion, vulnerabilities, message } = audit;
  if (auditReportVersion === undefined || vulnerabilities === undefined) {
    return { unasked: String(message ?? 'npm gave no answer that can be read.') };
  }
  return {
    faults: Object.values(vulnerabilities).flatMap(({ name, via }) =>
      via
        .filter((each) => typeof each === 'object')
        .map(({ severity, title, url }) => `${name}: ${title} (${severity}, ${url})`),
    ),
  };
}
