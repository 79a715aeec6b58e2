import type { NodeProcess } from '../../support/node-process.ts';
import type { RealBitcoind } from '../../support/real-node.ts';
import { exchange } from './exchange.ts';
import { type ChannelFacts, type Payable, RECURRENCE_LABEL } from './facts.ts';

type Result = Record<string, unknown>;

async function call(socketPath: string, method: string, params: object = {}): Promise<Result> {
  const outcome = await exchange(
    socketPath,
    method,
    JSON.stringify(params),
    AbortSignal.timeout(60_000),
  );
  if (outcome.kind !== 'result') throw new Error(`${method}: ${JSON.stringify(outcome)}`);
  return outcome.result as Result;
}

/** Calls until the result fulfils the condition: lightningd follows its bitcoind after a while. */
async function until(
  socketPath: string,
  method: string,
  condition: (result: Result) => boolean,
): Promise<Result> {
  for (;;) {
    const result = await call(socketPath, method);
    if (condition(result)) return result;
    await new Promise((resolve) => {
      setTimeout(resolve, 500);
    });
  }
}

type ChannelIds = Pick<ChannelFacts, 'other' | 'scid' | 'channelId'>;

/** The channel of the node, once it is open and in the graph. */
async function openChannel(socketPath: string): Promise<ChannelIds> {
  await until(socketPath, 'listchannels', ({ channels }) => (channels as Result[]).length === 2);
  const { channels } = await until(socketPath, 'listpeerchannels', (result) =>
    (result['channels'] as Result[]).every(({ state }) => state === 'CHANNELD_NORMAL'),
  );
  const [channel = {}] = channels as Result[];
  return {
    other: String(channel['peer_id']),
    scid: String(channel['short_channel_id']),
    channelId: String(channel['channel_id']),
  };
}

const AMOUNT_SAT = 1_000_000;
const PUSH_MSAT = 500_000_000;
/** Invoices to pay. */
const INVOICES = 300;
/** Coins of the wallet. Each call that succeeds can take one. */
const COINS = 180;
const COIN_SAT = 200_000;

const OFFER = { amount: 5000, description: 'of the peer' };

/** What the nodes have around the compared node. */
interface Surroundings {
  /** Creates an invoice of the peer. */
  readonly invoice: (index: number) => Promise<string>;
  /** Lets the peer pay an invoice. */
  readonly payUs: (bolt11: string) => Promise<void>;
  /** An offer of the peer. */
  readonly offer: (limits?: object) => Promise<string>;
  /** Sends a coin to each address, and mines more blocks than `minconf` requires in any call. */
  readonly fund: (addresses: readonly string[]) => Promise<void>;
}

/** Opens a channel with the sandbox's peer, and pays in both directions. */
export async function prepareSandbox(socketPath: string): Promise<ChannelFacts> {
  const fund = async (addresses: readonly string[], amount: string): Promise<void> => {
    for (const address of addresses) await call(socketPath, 'dev-fund-wallet', { amount, address });
  };
  await fund([await newAddress(socketPath)], '0.01btc');
  const id = (await call(socketPath, 'dev-connect'))['id'];
  await call(socketPath, 'fundchannel', { id, amount: AMOUNT_SAT / 2, push_msat: PUSH_MSAT / 2 });
  await call(socketPath, 'dev-mine', { blocks: 6 });
  return prepareThings(socketPath, await openChannel(socketPath), {
    invoice: async () =>
      String((await call(socketPath, 'dev-peer-invoice', { amount_msat: 1000 }))['bolt11']),
    payUs: async (bolt11) => {
      await call(socketPath, 'dev-peer-pay', { invstring: bolt11 });
    },
    offer: async (limits) => {
      const offer = { ...OFFER, ...limits };
      return String((await call(socketPath, 'dev-peer-offer', offer))['bolt12']);
    },
    fund: async (addresses) => {
      // Each is in a block of its own.
      await fund(addresses, `${COIN_SAT}sat`);
      await call(socketPath, 'dev-mine', { blocks: 20 });
    },
  });
}

/** Does the same with a real node and a neighbour. */
export async function prepareReal(
  bitcoind: RealBitcoind,
  node: NodeProcess,
  neighbour: NodeProcess & { readonly port: number },
): Promise<ChannelFacts> {
  const { socketPath } = node;
  const { id } = await call(neighbour.socketPath, 'getinfo');
  await bitcoind.cli('sendtoaddress', await newAddress(socketPath), '0.01');
  await bitcoind.cli('-generate', '1');
  await until(socketPath, 'listfunds', ({ outputs }) =>
    (outputs as Result[]).some(({ status }) => status === 'confirmed'),
  );
  await call(socketPath, 'connect', { id, host: '127.0.0.1', port: neighbour.port });
  await call(socketPath, 'fundchannel', { id, amount: AMOUNT_SAT / 2, push_msat: PUSH_MSAT / 2 });
  await bitcoind.cli('-generate', '6');
  const channel = await openChannel(socketPath);
  await openChannel(neighbour.socketPath);
  return prepareThings(socketPath, channel, {
    invoice: async (index) => {
      const params = { amount_msat: 1000, label: `peer ${index}`, description: '' };
      return String((await call(neighbour.socketPath, 'invoice', params))['bolt11']);
    },
    payUs: async (bolt11) => {
      await call(neighbour.socketPath, 'xpay', { invstring: bolt11 });
    },
    offer: async (limits) => {
      const offer = { ...OFFER, ...limits };
      return String((await call(neighbour.socketPath, 'offer', offer))['bolt12']);
    },
    fund: async (addresses) => {
      const amounts = addresses.map((address) => [address, COIN_SAT / 1e8]);
      await bitcoind.cli('sendmany', '', JSON.stringify(Object.fromEntries(amounts)));
      await bitcoind.cli('-generate', '20');
      const height = Number(await bitcoind.cli('getblockcount'));
      for (const path of [socketPath, neighbour.socketPath])
        await until(path, 'getinfo', ({ blockheight }) => blockheight === height);
    },
  });
}

async function newAddress(socketPath: string): Promise<string> {
  return String((await call(socketPath, 'newaddr', { addresstype: 'bech32' }))['bech32']);
}

/** Pays in both directions, and makes what calls refer to. */
async function prepareThings(
  socketPath: string,
  channel: ChannelIds,
  around: Surroundings,
): Promise<ChannelFacts> {
  const payable = async (index: number): Promise<Payable> => {
    const bolt11 = await around.invoice(index);
    const decoded = await call(socketPath, 'decode', { string: bolt11 });
    return {
      bolt11,
      hash: String(decoded['payment_hash']),
      secret: String(decoded['payment_secret']),
    };
  };
  const [paid, sent] = [await payable(0), await payable(1)];
  await call(socketPath, 'xpay', { invstring: paid.bolt11 });
  await sendAndWait(socketPath, channel, sent);
  const paidLabel = 'received';
  const invoice = { amount_msat: 2000, label: paidLabel, description: 'from the peer' };
  await around.payUs(String((await call(socketPath, 'invoice', invoice))['bolt11']));
  const paidBolt12 = await payOffer(socketPath, { offer: await around.offer() });
  const recurringOffer = await around.offer({ recurrence: '1week' });
  await payOffer(socketPath, {
    offer: recurringOffer,
    recurrence_counter: 0,
    recurrence_label: RECURRENCE_LABEL,
  });
  const payables: Payable[] = [];
  for (let index = 0; index < INVOICES; index++) payables.push(await payable(2 + index));
  return {
    ...channel,
    payables,
    fetchable: await around.offer(),
    paidBolt12,
    recurringOffer,
    paidHash: paid.hash,
    sentHash: sent.hash,
    paidLabel,
    ...(await prepareWallet(socketPath, around)),
  };
}

/** Fetches an invoice, and pays it. @returns the invoice */
async function payOffer(
  socketPath: string,
  request: {
    readonly offer: string;
    readonly recurrence_counter?: number;
    readonly recurrence_label?: string;
  },
): Promise<string> {
  const { invoice } = await call(socketPath, 'fetchinvoice', request);
  await call(socketPath, 'xpay', { invstring: invoice, label: request.recurrence_label });
  return String(invoice);
}

async function sendAndWait(
  socketPath: string,
  { other, scid }: ChannelIds,
  { hash, secret }: Payable,
): Promise<void> {
  const route = [{ id: other, channel: scid, amount_msat: 1000, delay: 18 }];
  await call(socketPath, 'sendpay', { route, payment_hash: hash, payment_secret: secret });
  await call(socketPath, 'waitsendpay', { payment_hash: hash });
}

type WalletFacts = Pick<
  ChannelFacts,
  'coins' | 'psbt' | 'unreservedPsbt' | 'signedPsbt' | 'unreleased' | 'unwanted'
>;

/** Funds the wallet, and makes a PSBT and a transaction for each command that takes one. */
async function prepareWallet(socketPath: string, { fund }: Surroundings): Promise<WalletFacts> {
  const addresses: string[] = [];
  while (addresses.length < COINS) addresses.push(await newAddress(socketPath));
  await fund(addresses);
  const isCoin = ({ status, amount_msat: amount }: Result): boolean =>
    status === 'confirmed' && amount === COIN_SAT * 1000;
  const { outputs } = await until(
    socketPath,
    'listfunds',
    (result) => (result['outputs'] as Result[]).filter(isCoin).length === COINS,
  );
  const coins = (outputs as Result[])
    .filter(isCoin)
    .map((coin) => `${String(coin['txid'])}:${String(coin['output'])}`);
  const toSpend = { satoshi: 10_000, feerate: 'normal', startweight: 250, excess_as_change: true };
  const psbt = async (utxo: string, reserve = 72): Promise<string> =>
    String((await call(socketPath, 'utxopsbt', { ...toSpend, utxos: [utxo], reserve }))['psbt']);
  const unsigned = await psbt(coins[10] ?? '');
  const signed = await call(socketPath, 'signpsbt', { psbt: await psbt(coins[11] ?? '') });
  const prepared = async (utxo: string): Promise<string> => {
    const outputs = [{ [addresses[0] ?? '']: 10_000 }];
    return String((await call(socketPath, 'txprepare', { outputs, utxos: [utxo] }))['txid']);
  };
  return {
    coins: coins.slice(0, 6),
    psbt: unsigned,
    unreservedPsbt: await psbt(coins[14] ?? '', 0),
    signedPsbt: String(signed['signed_psbt']),
    unreleased: await prepared(coins[12] ?? ''),
    unwanted: await prepared(coins[13] ?? ''),
  };
}
