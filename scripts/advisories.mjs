// Says which shipped packages have known faults: `node scripts/advisories.mjs`, as in `npm run lint`. Where the npm registry
// can't be asked, it says so and ends well.
import { shippedAdvisories } from './lib/shippedAdvisories.mjs';
import { main, PlainError, say } from './lib/say.mjs';

await main(async () => {
  const answer = await shippedAdvisories(process.argv.slice(2));
  if ('unasked' in answer) {
    say(`Nobody could say whether shipped packages have known faults: ${answer.unasked}`);
  } else if (answer.faults.length > 0) {
    throw new PlainError(`Shipped packages have known faults:\n${answer.faults.join('\n')}`);
  }
});
