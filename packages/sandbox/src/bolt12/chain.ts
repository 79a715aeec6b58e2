import type { Network } from '../options/network.ts';

/** The hash of the network's first block, 32 bytes. */
export function chainOf({ chainHash }: Network): Uint8Array {
  return Buffer.from(chainHash, 'hex');
}

/** Whether a list of chains includes the network's. No list means bitcoin only, which the sandbox does not simulate. */
export function hasChain(chains: readonly Uint8Array[] | undefined, network: Network): boolean {
  return chains?.some((chain) => Buffer.from(chain).equals(chainOf(network))) === true;
}
