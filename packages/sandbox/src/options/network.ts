/** The format of on-chain addresses. */
export interface AddressFormat {
  /** The prefix of segwit addresses. */
  readonly addressPrefix: string;
  readonly p2pkhVersion: number;
  readonly p2shVersion: number;
}

/** A network that the sandbox simulates. */
export interface Network extends AddressFormat {
  readonly name: string;
  /** The characters after `ln` in an invoice (BOLT 11). */
  readonly invoicePrefix: string;
  /** The hash of the first block, in hex, as BOLT 12 writes it. */
  readonly chainHash: string;
}

const TEST_ADDRESSES = { p2pkhVersion: 111, p2shVersion: 196 };

const NETWORKS: readonly Network[] = [
  {
    name: 'regtest',
    invoicePrefix: 'bcrt',
    addressPrefix: 'bcrt',
    chainHash: '06226e46111a0b59caaf126043eb5bbf28c34f3a5e332a1fc7b2b73cf188910f',
    ...TEST_ADDRESSES,
  },
  {
    name: 'testnet',
    invoicePrefix: 'tb',
    addressPrefix: 'tb',
    chainHash: '43497fd7f826957108f4a30fd9cec3aeba79972084e90ead01ea330900000000',
    ...TEST_ADDRESSES,
  },
  {
    name: 'testnet4',
    invoicePrefix: 'tb',
    addressPrefix: 'tb',
    chainHash: '43f08bdab050e35b567c864b91f47f50ae725ae2de53bcfbbaf284da00000000',
    ...TEST_ADDRESSES,
  },
  {
    name: 'signet',
    invoicePrefix: 'tbs',
    addressPrefix: 'tb',
    chainHash: 'f61eee3b63a380a477a063af32b2bbc97c9ff9f01f2c4225e973988108000000',
    ...TEST_ADDRESSES,
  },
];

/** The hash of the first block of a chain with real money. */
export const BITCOIN_CHAIN_HASH =
  '6fe28c0ab6f1b372c1a6a246ae63f74f931e8365e15a089c68d6190000000000';

/** The prefixes of addresses by the hash of the chain's first block: lightningd's networks, with Liquid's two. */
export const CHAIN_ADDRESS_PREFIXES: ReadonlyMap<string, string> = new Map([
  [BITCOIN_CHAIN_HASH, 'bc'],
  ['9f87eb580b9e5f11dc211e9fb66abb3699999044f8fe146801162393364286c6', 'ert'],
  ['1466275836220db2944ca059a3a10ef6fd2ea684b0688d2c379296888a206003', 'ex'],
  ...NETWORKS.map(({ chainHash, addressPrefix }) => [chainHash, addressPrefix] as const),
]);

/** Address formats by the prefix of invoices. Invoices of mainnet can be decoded, but not created. */
export const NETWORK_ADDRESSES: ReadonlyMap<string, AddressFormat> = new Map<string, AddressFormat>(
  [
    ['bc', { addressPrefix: 'bc', p2pkhVersion: 0, p2shVersion: 5 }],
    ...NETWORKS.map((network) => [network.invoicePrefix, network] as const),
  ],
);

/** lightningd's networks with real money. */
const REAL_MONEY: ReadonlySet<string> = new Set(['bitcoin', 'mainnet', 'liquid']);

/** Returns undefined for a network that the sandbox does not simulate. */
export function findNetwork(name: string): Network | undefined {
  return NETWORKS.find((network) => network.name === name);
}

export function isRealMoney(name: string): boolean {
  return REAL_MONEY.has(name);
}

export function isNetworkName(name: string): boolean {
  return findNetwork(name) !== undefined || isRealMoney(name);
}
