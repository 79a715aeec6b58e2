import { quoteString } from '@clnrest/json';
import { RpcError, type RpcPipeline } from '@clnrest/lightningd';
import {
  Alternative,
  CONDITIONS,
  Master,
  needsNode,
  NOT_PERMITTED,
  Restriction,
  type Rune,
  staticVerdict,
} from '@clnrest/runes';
import { readInvoice } from '@clnrest/runes/invoices';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { useNode } from '../support/use-node.ts';
import { invoiceText, invoiceValues, OTHER } from './bolt12/messages.ts';

/**
 * Compares our verdicts about runes that restrict invoices with those of lightningd, word for word, on generated invoices:
 * valid ones, and ones with a changed letter or field. `CLNREST_INVOICE_PAIRS` sets the number of pairs.
 */
const PAIRS = Number(process.env['CLNREST_INVOICE_PAIRS'] ?? 1_000);

const node = useNode();
let master: Master;
let pipeline: RpcPipeline;
let bolt11: string;

beforeAll(async () => {
  const { secret } = await node().rpc.call<{ secret: string }>('makesecret', {
    string: 'commando',
  });
  master = new Master(Uint8Array.from(Buffer.from(secret, 'hex')));
  pipeline = node().rpc.pipeline({ batching: true });
  const asked = { amount_msat: 5000, label: `verdicts ${Date.now()}`, description: 'Tea é' };
  bolt11 = (await node().rpc.call<{ bolt11: string }>('invoice', asked)).bolt11;
});

/** Another text: a letter replaced, cut off, in upper case, joined by `+`, or with a scheme. */
const changed = (invoice: string, [kind, at]: readonly [number, number]): string => {
  const index = at % invoice.length;
  switch (kind) {
    case 0:
      return invoice.slice(0, index) + 'q1bQ+ é'[at % 7] + invoice.slice(index + 1);
    case 1:
      return invoice.slice(0, index);
    case 2:
      return invoice.toUpperCase();
    case 3:
      return `${invoice.slice(0, index)}+ ${invoice.slice(index)}`;
    case 4:
      return `lightning:${invoice}`;
    default:
      return invoice;
  }
};

const invoice = fc
  .tuple(
    fc.oneof({ weight: 4, arbitrary: invoiceValues.map(invoiceText) }, fc.constant('bolt11')),
    fc.tuple(fc.nat(9), fc.nat(5_000)),
  )
  .map(([given, change]) => changed(given === 'bolt11' ? bolt11 : given, change));

const alternative = fc
  .tuple(
    fc.constantFrom('pinva_amount', 'pinva_description', 'pinva_node', 'pinvb_amount', 'method'),
    fc.constantFrom(...CONDITIONS),
    fc.constantFrom(
      '',
      '0',
      '5',
      '5000',
      '9223372036854775807',
      'Tea',
      'é',
      '☃',
      '"',
      OTHER.toString('hex'),
    ),
  )
  .map(([field, condition, value]) => new Alternative(field, condition, value));

const rune = fc
  .array(alternative, { minLength: 1, maxLength: 3, size: 'max' })
  .map(([first, ...rest]) =>
    master.create('0', first === undefined ? [] : [new Restriction([first, ...rest])]),
  );

function ourVerdict(rune: Rune, params: string): string {
  const call = { now: BigInt(Date.now()) * 1_000_000n, method: 'xpay', params };
  const verdict = staticVerdict(rune, call, { readInvoice });
  return verdict.kind === 'refused'
    ? `${NOT_PERMITTED} Not permitted: ${verdict.reason}`
    : verdict.kind;
}

async function nodesVerdict(rune: Rune, params: string): Promise<string> {
  const question = `{"rune":"${rune.toBase64()}","method":"xpay","params":${params}}`;
  try {
    await pipeline.callText('checkrune', question);
    return 'allowed';
  } catch (error) {
    if (error instanceof RpcError) return `${error.code} ${error.message}`;
    throw error;
  }
}

test(`both decide ${PAIRS} invoices alike`, { timeout: 600_000 }, async () => {
  const counts = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(rune, invoice, async (rune, text) => {
      expect(needsNode(rune)).toBe(false);
      const params = `{"a":${quoteString(text)}}`;
      const ours = ourVerdict(rune, params);
      const [kind = ours.split(':')[0] ?? ''] = /Invalid invoice: [a-zA-Z]+ \w+/.exec(ours) ?? [];
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
      expect(ours, `${rune} ${text}`).toBe(await nodesVerdict(rune, params));
    }),
    { numRuns: PAIRS },
  );
  // A generator that finds only one kind of verdict tests nothing.
  expect(counts.get('allowed')).toBeGreaterThan(PAIRS / 20);
  expect(counts.get(`${NOT_PERMITTED} Not permitted`)).toBeGreaterThan(PAIRS / 20);
  expect([...counts.keys()].filter((kind) => kind.startsWith('Invalid')).length).toBeGreaterThan(4);
});
