import {
  type InvoiceReader,
  NOT_PERMITTED,
  type Rune,
  type StaticVerdict,
  staticVerdict,
} from '@clnrest/runes';
import { Refusal } from '../errors.ts';
import type { RuneQuestion } from './rune-question.ts';

/** BOLT 11 invoices have some hundred characters; reading millions of them would stall all callers. */
const MAX_INVOICE_CHARACTERS = 16_384;

/**
 * Alternatives times characters of parameters that one call may cost: reading them takes some 100 ms.
 * The header has room for 800 alternatives, and each may be compared with a parameter of megabytes.
 */
const MAX_COMPARED = 64 * 1024 * 1024;

/**
 * The refusal of a call that a rune certainly forbids, whatever the node says: our own reading of the
 * rune, in lightningd's words. What only the node can tell counts as judged by the node: blacklisted
 * ids, uses (`rate` and `per`), its clock (`time`), BOLT 12 invoices and fields of newer versions.
 */
export async function staticRefusal(
  rune: Rune,
  question: RuneQuestion,
): Promise<Refusal | undefined> {
  if (isTooCostly(rune, question)) return Refusal.of('too_complex');
  const verdict = await verdictOn(rune, question);
  if (verdict.kind !== 'refused') return undefined;
  const message = `Not permitted: ${verdict.reason}`;
  return Refusal.ofNode('rune_refused', { code: NOT_PERMITTED, message });
}

async function verdictOn(
  rune: Rune,
  { nodeid, method, params }: RuneQuestion,
): Promise<StaticVerdict> {
  const call = { nodeId: nodeid, method, params };
  if (!asksForInvoices(rune)) return staticVerdict(rune, call);
  return staticVerdict(rune, call, { readInvoice: await invoiceReader() });
}

/** Refused, and not left to the node alone: any holder of a rune can add restrictions to it. */
function isTooCostly({ restrictions }: Rune, { params }: RuneQuestion): boolean {
  if (params.length < 64 * 1024) return false;
  const count = restrictions
    .flatMap(({ alternatives }) => alternatives)
    .filter(({ fieldname }) => fieldname.startsWith('p')).length;
  return count * params.length > MAX_COMPARED;
}

function asksForInvoices(rune: Rune): boolean {
  return rune.restrictions.some(({ alternatives }) =>
    alternatives.some(({ fieldname }) => fieldname.startsWith('pinv')),
  );
}

/** The reader needs an elliptic curve: it is loaded when the first rune asks for an invoice. */
async function invoiceReader(): Promise<InvoiceReader> {
  const { readBolt11 } = await import('@clnrest/runes/bolt11');
  return (text) => {
    // A long BOLT 12 invoice need not be read to find out that we can't.
    if (/^lni/i.test(text)) return { problem: 'BOLT 12', isUnknownKind: true };
    if (text.length > MAX_INVOICE_CHARACTERS) return { problem: 'too many characters' };
    return readBolt11(text);
  };
}
