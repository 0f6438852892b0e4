import type {
  KeeperAsk,
  KeeperParams,
  KeeperRequestName,
  KeeperResult,
} from '../../src/vault/keeper/keeperContract.ts';

type Answers = {
  readonly [N in KeeperRequestName]?: (
    params: KeeperParams<N>,
  ) => Promise<KeeperResult<N>> | KeeperResult<N>;
};

/** A keeper that answers what it is told to, and rejects all else. */
export function keeperAnswering(answers: Answers): KeeperAsk {
  return {
    ask: async (name, params) => {
      const answer = answers[name];
      if (answer === undefined) {
        throw new Error(`Nobody expected to be asked ${name}`);
      }
      return answer(params);
    },
  };
}
