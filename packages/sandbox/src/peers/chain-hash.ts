/** The hashes of the networks' first blocks, with which nodes name their network (BOLT 0). */
const CHAIN_HASHES: Readonly<Record<string, string>> = {
  regtest: '06226e46111a0b59caaf126043eb5bbf28c34f3a5e332a1fc7b2b73cf188910f',
  testnet: '43497fd7f826957108f4a30fd9cec3aeba79972084e90ead01ea330900000000',
  testnet4: '43f08bdab050e35b567c864b91f47f50ae725ae2de53bcfbbaf284da00000000',
  signet: 'f61eee3b63a380a477a063af32b2bbc97c9ff9f01f2c4225e973988108000000',
};

/** The hash of a network of the sandbox, 32 bytes. */
export function chainHash(network: string): Uint8Array {
  return Buffer.from(CHAIN_HASHES[network] ?? '', 'hex');
}

/** lightningd's ports for the Lightning protocol. */
const PORTS: Readonly<Record<string, number>> = {
  regtest: 19_846,
  testnet: 19_735,
  testnet4: 49_735,
  signet: 39_735,
};

/** The port of a network's nodes, unless another is given. */
export function defaultPort(network: string): number {
  return PORTS[network] ?? 9735;
}
