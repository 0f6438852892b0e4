import type { Params, RequestName, Result } from '../../base/channel.ts';
import type { HostContract } from '../../protocol/dashboard.ts';

/** The extension host, as the dashboard asks it: by the names of the contract, and nothing in between. */
export interface DashboardHost {
  /** Rejects when it came to nothing. */
  request<N extends RequestName<HostContract>>(
    name: N,
    params: Params<HostContract, N>,
  ): Promise<Result<HostContract, N>>;
}

/** Stands in before there is a line. */
export const noHost: DashboardHost = {
  request: () => Promise.reject(new Error('There is no host to ask')),
};
