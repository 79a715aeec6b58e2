import { existsSync } from 'node:fs';
import { locateSocket } from './node-location.ts';
import type { CliOptions } from './options.ts';

/** The networks to search, with their options; the sandbox's default first. */
const NETWORKS = {
  regtest: '--regtest',
  testnet: '--testnet',
  testnet4: '--network=testnet4',
  signet: '--signet',
};

/**
 * Returns a hint at a node on another network in the same directory, if one exists and the user named no network. The
 * default network is bitcoin, as in lightning-cli.
 */
export function otherNetworkHint(options: CliOptions): string | undefined {
  if (options.network !== undefined) return undefined;
  const defaultSocket = locateSocket(options);
  for (const [network, option] of Object.entries(NETWORKS)) {
    const socket = locateSocket({ ...options, network });
    if (socket !== defaultSocket && existsSync(socket)) {
      return `found a socket on ${network}, at ${socket}: add ${option}`;
    }
  }
  return undefined;
}
