import type { NodeProcess } from '../../support/node-process.ts';
import type { RealBitcoind } from '../../support/real-node.ts';
import { exchange } from './exchange.ts';
import type { ChannelFacts } from './facts.ts';

type Result = Record<string, unknown>;

async function call(socketPath: string, method: string, params: object = {}): Promise<Result> {
  const outcome = await exchange(socketPath, method, JSON.stringify(params), 60_000);
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

/** The channel of the node, once it is open and in the graph. */
async function openChannel(socketPath: string): Promise<Omit<ChannelFacts, 'payable' | 'coin'>> {
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

/** The coin that remains after the channel was funded. */
async function coin(socketPath: string): Promise<string> {
  const { outputs } = await until(socketPath, 'listfunds', (result) =>
    (result['outputs'] as Result[]).some(({ status }) => status === 'confirmed'),
  );
  const found = (outputs as Result[]).find(({ status }) => status === 'confirmed') ?? {};
  return `${String(found['txid'])}:${String(found['output'])}`;
}

/** Opens a channel with the sandbox's peer, and pays in both directions. */
export async function prepareSandbox(socketPath: string): Promise<ChannelFacts> {
  const { bech32 } = await call(socketPath, 'newaddr', { addresstype: 'bech32' });
  await call(socketPath, 'dev-fund-wallet', { amount: '0.01btc', address: bech32 });
  const [node] = (await call(socketPath, 'dev-world'))['nodes'] as Result[];
  if (node === undefined) throw new Error('no nodes');
  const id = (await call(socketPath, 'dev-connect'))['id'];
  await call(socketPath, 'fundchannel', { id, amount: AMOUNT_SAT / 2, push_msat: PUSH_MSAT / 2 });
  await call(socketPath, 'dev-mine', { blocks: 6 });
  const invoice = async (): Promise<string> =>
    String((await call(socketPath, 'dev-peer-invoice', { amount_msat: 1000 }))['bolt11']);
  const facts = await openChannel(socketPath);
  await payBothWays(socketPath, await invoice(), async (bolt11) => {
    await call(socketPath, 'dev-peer-pay', { invstring: bolt11 });
  });
  return { ...facts, payable: await invoice(), coin: await coin(socketPath) };
}

/** Does the same with a real node and a neighbour. */
export async function prepareReal(
  bitcoind: RealBitcoind,
  node: NodeProcess,
  neighbour: NodeProcess & { readonly port: number },
): Promise<ChannelFacts> {
  const { socketPath } = node;
  const { id } = await call(neighbour.socketPath, 'getinfo');
  const { bech32 } = await call(socketPath, 'newaddr', { addresstype: 'bech32' });
  await bitcoind.cli('sendtoaddress', String(bech32), '0.01');
  await bitcoind.cli('-generate', '1');
  await until(socketPath, 'listfunds', ({ outputs }) =>
    (outputs as Result[]).some(({ status }) => status === 'confirmed'),
  );
  await call(socketPath, 'connect', { id, host: '127.0.0.1', port: neighbour.port });
  await call(socketPath, 'fundchannel', { id, amount: AMOUNT_SAT / 2, push_msat: PUSH_MSAT / 2 });
  await bitcoind.cli('-generate', '6');
  const facts = await openChannel(socketPath);
  await openChannel(neighbour.socketPath);
  let made = 0;
  const invoice = async (): Promise<string> => {
    const params = { amount_msat: 1000, label: `peer ${made++}`, description: '' };
    return String((await call(neighbour.socketPath, 'invoice', params))['bolt11']);
  };
  await payBothWays(socketPath, await invoice(), async (bolt11) => {
    await call(neighbour.socketPath, 'xpay', { invstring: bolt11 });
  });
  return { ...facts, payable: await invoice(), coin: await coin(socketPath) };
}

async function payBothWays(
  socketPath: string,
  bolt11: string,
  payUs: (bolt11: string) => Promise<void>,
): Promise<void> {
  await call(socketPath, 'xpay', { invstring: bolt11 });
  const invoice = { amount_msat: 2000, label: 'received', description: 'from the peer' };
  await payUs(String((await call(socketPath, 'invoice', invoice))['bolt11']));
}
