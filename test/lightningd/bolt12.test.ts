import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bolt12InvoiceValues, encodeUnsignedBolt12Invoice } from '@clnrest/runes/bolt12';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { STARTED } from '../support/node.ts';
import { missingForNode } from '../support/real-node.ts';
import { startSandboxProcess } from '../support/sandbox-node.ts';
import { useNode } from '../support/use-node.ts';
import { exchange, type Outcome } from './comparison/exchange.ts';
import {
  invoiceText,
  invoiceValues,
  offerText,
  OTHER,
  REGTEST,
  requestText,
} from './bolt12/messages.ts';

/** Compares BOLT 12 in the sandbox with a real node. `CLNREST_DECODED` sets the number of texts of each kind. */
const TEXTS = Number(process.env['CLNREST_DECODED'] ?? 300);

const missing = missingForNode();
const node = useNode();
let directory: string;
let sandbox: Awaited<ReturnType<typeof startSandboxProcess>>;

beforeAll(async () => {
  if (missing !== undefined) return;
  directory = await mkdtemp(join(tmpdir(), 'clnrest-bolt12-'));
  sandbox = await startSandboxProcess(directory, ['--developer', '--allow-deprecated-apis=true']);
  await sandbox.process.line(STARTED);
});

afterAll(async () => {
  if (missing !== undefined) return;
  await sandbox.stop();
  await rm(directory, { recursive: true, force: true });
});

function decodeBoth(string: string): Promise<[ours: Outcome, theirs: Outcome]> {
  const params = JSON.stringify({ string });
  return Promise.all([
    exchange(sandbox.socketPath, 'decode', params),
    exchange(realPath(), 'decode', params),
  ]);
}

/** Keys in their order, too. The real node quotes the text in errors only with `--developer`. */
function comparable(outcome: Outcome): string {
  if (outcome.kind !== 'error') return JSON.stringify(outcome);
  return `${outcome.code} ${outcome.message.replace(/: invalid token .*$/s, '')}`;
}

test.skipIf(missing !== undefined).each([
  ['offers', offerText],
  ['invoice requests', requestText],
  ['invoices', invoiceValues.map(invoiceText)],
])('both decode %s alike', { timeout: 300_000 }, async (_, texts) => {
  const counts = { result: 0, error: 0 };
  await fc.assert(
    fc.asyncProperty(texts, async (text) => {
      const [ours, theirs] = await decodeBoth(text);
      expect(comparable(ours), text).toBe(comparable(theirs));
      if (theirs.kind === 'result' || theirs.kind === 'error') counts[theirs.kind]++;
    }),
    { numRuns: TEXTS },
  );
  // A generator that finds only one kind of result tests nothing.
  expect(counts.result).toBeGreaterThan(TEXTS / 20);
  expect(counts.error).toBeGreaterThan(TEXTS / 100);
});

/** The real node's rpc. */
function realPath(): string {
  return join(node().lightningDir, 'regtest', 'lightning-rpc');
}

async function result(
  socketPath: string,
  method: string,
  params: object,
): Promise<Record<string, unknown>> {
  const outcome = await exchange(
    socketPath,
    method,
    JSON.stringify(params),
    AbortSignal.timeout(60_000),
  );
  if (outcome.kind !== 'result') throw new Error(`${method}: ${JSON.stringify(outcome)}`);
  return outcome.result as Record<string, unknown>;
}

const OFFERS = [
  { amount: 'any' },
  { amount: 5000, description: 'Coffee ☕', issuer: 'us', label: 'l', quantity_max: 5 },
  { amount: '1sat', description: 'x', absolute_expiry: 4_000_000_000, single_use: true },
  {
    amount: 1000,
    description: 'Weekly',
    recurrence: '2weeks',
    recurrence_base: 1_700_000_000,
    recurrence_paywindow: '-10+20',
    recurrence_limit: 3,
    proportional_amount: true,
  },
  { amount: 1000, description: 'Monthly', recurrence: '1month', optional_recurrence: true },
];

/** A decoded text without what differs between any two nodes. */
function withoutIds(decoded: Record<string, unknown>): string {
  return JSON.stringify(decoded).replaceAll(/"[0-9a-f]{32,}"/g, '"<hex>"');
}

test.skipIf(missing !== undefined)(
  'each node decodes an offer of the other, and both create the same ones',
  async () => {
    for (const params of OFFERS) {
      const ours = await result(sandbox.socketPath, 'offer', params);
      const theirs = await result(realPath(), 'offer', params);
      expect(Object.keys(ours)).toEqual(Object.keys(theirs));
      const [ownByUs, ownByThem] = await decodeBoth(String(ours['bolt12']));
      expect(ownByThem).toEqual(ownByUs);
      const [otherByUs, otherByThem] = await decodeBoth(String(theirs['bolt12']));
      expect(otherByUs).toEqual(otherByThem);
      if (ownByUs.kind !== 'result' || otherByUs.kind !== 'result') throw new Error('not decoded');
      expect(ownByUs.result).toMatchObject({ type: 'bolt12 offer', valid: true });
      expect(withoutIds(ownByUs.result as Record<string, unknown>)).toBe(
        withoutIds(otherByUs.result as Record<string, unknown>),
      );
    }
  },
);

test.skipIf(missing !== undefined)(
  'the real node decodes an invoice request and an invoice of the sandbox as valid',
  async () => {
    const path = sandbox.socketPath;
    const request = await result(path, 'invoicerequest', { amount: 7000, description: 'refund' });
    const { bolt12 } = await result(path, 'offer', { amount: 5000, description: 'Tea' });
    const fetched = await result(path, 'fetchinvoice', { offer: bolt12, payer_note: 'for Ann' });
    for (const text of [request['bolt12'], fetched['invoice']]) {
      const [ours, theirs] = await decodeBoth(String(text));
      expect(theirs).toEqual(ours);
      expect(theirs).toMatchObject({ kind: 'result', result: { valid: true } });
    }
  },
);

test.skipIf(missing !== undefined)(
  'the real node decodes a payer proof, and the invoice of a recurring offer, as we do',
  async () => {
    const path = sandbox.socketPath;
    const created = { amount: 5000, description: 'Daily', recurrence: '1day' };
    const { bolt12: offer } = await result(path, 'offer', created);
    const request = { offer, recurrence_counter: 0, recurrence_label: 'daily' };
    const fetched = await result(path, 'fetchinvoice', request);
    const invstring = String(fetched['invoice']);
    await result(path, 'xpay', { invstring, label: 'daily' });
    const { proofs } = await result(path, 'createproof', { invstring, note: 'for you' });
    const [proof] = proofs as { bolt12: string }[];
    const cancelled = await result(path, 'cancelrecurringinvoice', {
      ...request,
      recurrence_counter: 1,
    });
    for (const text of [invstring, proof?.bolt12, cancelled['bolt12']]) {
      const [ours, theirs] = await decodeBoth(String(text));
      expect(theirs).toEqual(ours);
      expect(theirs).toMatchObject({ kind: 'result', result: { valid: true } });
    }
  },
);

test.skipIf(missing !== undefined)('both decode the vectors of payer proofs alike', async () => {
  const file = new URL(
    '../../packages/runes/src/bolt12/test-vectors/payer-proofs.json',
    import.meta.url,
  );
  const { valid, invalid } = JSON.parse(await readFile(file, 'utf8')) as Record<
    'valid' | 'invalid',
    { bech32: string }[]
  >;
  for (const { bech32 } of [...valid, ...invalid]) {
    const [ours, theirs] = await decodeBoth(bech32);
    expect(comparable(ours), bech32).toBe(comparable(theirs));
  }
});

test.skipIf(missing !== undefined)('both create the same invoices of a caller', async () => {
  const preimage = Buffer.alloc(32, 7);
  const base: Bolt12InvoiceValues = {
    invreqMetadata: new Uint8Array(16),
    invreqChain: REGTEST,
    offerDescription: 'Cake',
    invoiceCreatedAt: BigInt(Math.floor(Date.now() / 1000)),
    invoicePaymentHash: createHash('sha256').update(preimage).digest(),
    invoiceAmount: 5000n,
    invoiceNodeId: OTHER,
  };
  const changes: readonly Bolt12InvoiceValues[] = [
    { invreqChain: undefined },
    { invoiceFeatures: Uint8Array.of(1) },
    { invoiceAmount: undefined },
    { invoicePaymentHash: new Uint8Array(32) },
    { invoiceRelativeExpiry: 60 },
  ];
  for (const change of changes) {
    const params = JSON.stringify({
      invstring: encodeUnsignedBolt12Invoice({ ...base, ...change }),
      label: 'created',
      preimage: preimage.toString('hex'),
    });
    for (const method of ['createinvoice', 'signinvoice']) {
      const [ours, theirs] = await Promise.all([
        exchange(sandbox.socketPath, method, params),
        exchange(realPath(), method, params),
      ]);
      expect(shape(ours), `${method} ${params}`).toEqual(shape(theirs));
    }
  }
});

/** The keys of a result, or the error. */
function shape(outcome: Outcome): unknown {
  return outcome.kind === 'result' ? Object.keys(outcome.result as object) : comparable(outcome);
}
