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
}

const TEST_ADDRESSES = { p2pkhVersion: 111, p2shVersion: 196 };

const NETWORKS: readonly Network[] = [
  { name: 'regtest', invoicePrefix: 'bcrt', addressPrefix: 'bcrt', ...TEST_ADDRESSES },
  { name: 'testnet', invoicePrefix: 'tb', addressPrefix: 'tb', ...TEST_ADDRESSES },
  { name: 'testnet4', invoicePrefix: 'tb', addressPrefix: 'tb', ...TEST_ADDRESSES },
  { name: 'signet', invoicePrefix: 'tbs', addressPrefix: 'tb', ...TEST_ADDRESSES },
];

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
