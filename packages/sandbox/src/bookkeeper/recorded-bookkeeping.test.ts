import { readFileSync } from 'node:fs';
import { parseToken } from '@clnrest/json/tokens';
import { paramsToken } from '@clnrest/lightningd/parameters';
import { expect, test } from 'vitest';
import { COMMANDS } from '../commands/table.ts';
import { type JsonOutput, writeJson } from '../json/output.ts';
import type { CommandCall } from '../commands/command.ts';
import type { Node } from '../node.ts';
import { findNetwork } from '../options/network.ts';
import type { ChainMove, ChannelMove } from '../world/move-store.ts';
import { Books } from './books.ts';
import { CSV_FORMATS, csvOf } from './csv.ts';
import type { Descriptions } from './descriptions.ts';
import { incomeOf } from './income.ts';

type Json = Record<string, unknown>;

/**
 * The moves of a real node with deposits, two channels of its own and one of a peer, forwards, a payment to itself, a mutual
 * and a unilateral close. Then the results of its bookkeeper.
 */
const RECORDED = readFileSync(new URL('recorded.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Json);
const [{ height, descriptions: texts } = {} as Json] = RECORDED;

function bytesOf(value: unknown): Buffer | undefined {
  return value === undefined ? undefined : Buffer.from(String(value), 'hex');
}

function commonOf(move: Json) {
  return {
    index: BigInt(Number(move['created_index'])),
    account: String(move['account_id']),
    creditMsat: BigInt(Number(move['credit_msat'])),
    debitMsat: BigInt(Number(move['debit_msat'])),
    timestamp: BigInt(Number(move['timestamp'])),
    tag: move['primary_tag'] as never,
  };
}

function chainMoveOf(move: Json): ChainMove {
  const [txid, vout] = String(move['utxo']).split(':');
  return {
    ...commonOf(move),
    extraTags: move['extra_tags'] as string[],
    outpoint: { txid: Buffer.from(String(txid), 'hex'), vout: Number(vout) },
    peerId: move['peer_id'] as string | undefined,
    originatingAccount: move['originating_account'] as string | undefined,
    spendingTxid: bytesOf(move['spending_txid']),
    outputMsat: BigInt(Number(move['output_msat'])),
    outputCount: move['output_count'] as number | undefined,
    height: Number(move['blockheight']),
  };
}

function channelMoveOf(move: Json): ChannelMove {
  const { part_id, group_id } = move;
  const hasPart = part_id !== undefined;
  return {
    ...commonOf(move),
    paymentHash: bytesOf(move['payment_hash']),
    part: hasPart
      ? { partId: BigInt(Number(part_id)), groupId: BigInt(Number(group_id)) }
      : undefined,
    feesMsat: BigInt(Number(move['fees_msat'])),
  };
}

const books = new Books();
for (const { chain } of RECORDED) if (chain) books.enterChain(chainMoveOf(chain as Json));
for (const { channel } of RECORDED) if (channel) books.enterChannel(channelMoveOf(channel as Json));
const descriptions = {
  ofPayment: (hash: Buffer) => (texts as Record<string, string>)[hash.toString('hex')],
  ofOutput: () => undefined,
} as unknown as Descriptions;

/** The parts of a node that the commands use. */
const call = {
  node: {
    bookkeeper: { books: () => books, descriptions },
    identity: { network: findNetwork('regtest') },
    world: { chain: { height } },
  },
} as unknown as CommandCall<Node>;

async function run(name: string, params: unknown): Promise<Json> {
  const command = COMMANDS.find((each) => each.name === name);
  const result = await command?.run(call, paramsToken(parseToken(JSON.stringify(params))));
  return JSON.parse(writeJson(result as unknown as JsonOutput)) as Json;
}

/** lightningd lists accounts in the order of a hash table. */
function sorted(result: Json): Json {
  const accounts = result['accounts'] as { account: string }[] | undefined;
  if (accounts === undefined) return result;
  return { accounts: accounts.toSorted((a, b) => (a.account < b.account ? -1 : 1)) };
}

test.each(RECORDED.filter((entry) => 'call' in entry))(
  '$call $params',
  async ({ call: name, params, result }) => {
    expect(sorted(await run(String(name), params))).toEqual(sorted(result as Json));
  },
);

test.each(RECORDED.filter((entry) => 'csv' in entry))('the CSV of $csv', ({ csv, text }) => {
  const format = CSV_FORMATS.find(({ name }) => name === csv);
  const events = incomeOf(books, descriptions, { start: 0n, end: 1n << 62n }, true);
  expect(format && csvOf(format, events, 'bcrt')).toBe(text);
});
