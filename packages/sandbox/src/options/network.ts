/** How on-chain addresses look. */
export interface AddressFormat {
  /** Of segwit addresses. */
  readonly addressPrefix: string;
  readonly p2pkhVersion: number;
  readonly p2shVersion: number;
}

/** What differs between the networks that the sandbox plays. */
export interface Network extends AddressFormat {
  readonly name: string;
  /** What stands after `ln` in an invoice (BOLT 11). */
  readonly invoicePrefix: string;
}

const TEST_ADDRESSES = { p2pkhVersion: 111, p2shVersion: 196 };

const NETWORKS: readonly Network[] = [
  { name: 'regtest', invoicePrefix: 'bcrt', addressPrefix: 'bcrt', ...TEST_ADDRESSES },
  { name: 'testnet', invoicePrefix: 'tb', addressPrefix: 'tb', ...TEST_ADDRESSES },
  { name: 'testnet4', invoicePrefix: 'tb', addressPrefix: 'tb', ...TEST_ADDRESSES },
  { name: 'signet', invoicePrefix: 'tbs', addressPrefix: 'tb', ...TEST_ADDRESSES },
];

/** Address formats by the prefix of invoices: an invoice of mainnet can be read, if not made. */
export const NETWORK_ADDRESSES: ReadonlyMap<string, AddressFormat> = new Map<string, AddressFormat>(
  [
    ['bc', { addressPrefix: 'bc', p2pkhVersion: 0, p2shVersion: 5 }],
    ...NETWORKS.map((network) => [network.invoicePrefix, network] as const),
  ],
);

/** Networks that lightningd knows and that have real money. */
const REAL_MONEY: ReadonlySet<string> = new Set(['bitcoin', 'mainnet', 'liquid']);

/** Undefined for a network that the sandbox does not play. */
export function findNetwork(name: string): Network | undefined {
  return NETWORKS.find((network) => network.name === name);
}

export function isRealMoney(name: string): boolean {
  return REAL_MONEY.has(name);
}

export function isNetworkName(name: string): boolean {
  return findNetwork(name) !== undefined || isRealMoney(name);
}
