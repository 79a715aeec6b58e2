import { existsSync } from 'node:fs';
import { locateSocket } from './node-location.ts';
import type { CliOptions } from './options.ts';

/** Where a node may be that was not looked for, the sandbox's own network first. */
const NETWORKS = {
  regtest: '--regtest',
  testnet: '--testnet',
  testnet4: '--network=testnet4',
  signet: '--signet',
};

/**
 * A hint for who named no network, and found no socket in that of real money, which lightning-cli looks
 * in by default: a node on another network in the same directory. Nothing where there is none.
 */
export function otherNetworkHint(options: CliOptions): string | undefined {
  if (options.network !== undefined) return undefined;
  const looked = locateSocket(options);
  for (const [network, option] of Object.entries(NETWORKS)) {
    const socket = locateSocket({ ...options, network });
    if (socket !== looked && existsSync(socket)) {
      return `there is one on ${network}, at ${socket}: add ${option}`;
    }
  }
  return undefined;
}
