import { NOT_PERMITTED, type Rune, type StaticVerdict, staticVerdict } from '@clnrest/runes';
import { Refusal } from '../refusals.ts';
import type { CheckedCall } from './checked-call.ts';
import { loadInvoiceReader } from './invoice-reader.ts';

/**
 * The maximum of alternatives times characters of parameters, which takes about 100 ms. A header has room
 * for 800 alternatives, and each can require a comparison with a parameter of megabytes.
 */
const MAX_COMPARED = 64 * 1024 * 1024;

/**
 * The refusal, as lightningd words it, of a call that a rune forbids regardless of the node's state. Leaves
 * to the node what only the node knows: blacklisted ids, uses (`rate` and `per`), its clock (`time`), and fields of newer
 * versions.
 */
export async function staticRefusal(rune: Rune, call: CheckedCall): Promise<Refusal | undefined> {
  if (isTooCostly(rune, call)) return Refusal.of('too_complex');
  const verdict = await verdictOn(rune, call);
  if (verdict.kind !== 'refused') return undefined;
  return notPermitted(verdict.reason);
}

/** lightningd's refusal of a call that a rune's restrictions do not allow. */
export function notPermitted(reason: string): Refusal {
  const message = `Not permitted: ${reason}`;
  return Refusal.ofNode('rune_refused', { code: NOT_PERMITTED, message });
}

async function verdictOn(
  rune: Rune,
  { nodeid, method, params }: CheckedCall,
): Promise<StaticVerdict> {
  const call = { nodeId: nodeid, method, params };
  if (!restrictsInvoices(rune)) return staticVerdict(rune, call);
  return staticVerdict(rune, call, { readInvoice: await loadInvoiceReader() });
}

/** Whether the check is too expensive. Such a call is refused: any holder of a rune can add restrictions. */
export function isTooCostly(
  { restrictions }: Rune,
  { params }: Pick<CheckedCall, 'params'>,
): boolean {
  if (params.length < 64 * 1024) return false;
  const count = restrictions
    .flatMap(({ alternatives }) => alternatives)
    .filter(({ fieldname }) => fieldname.startsWith('p')).length;
  return count * params.length > MAX_COMPARED;
}

/** Whether a check of the rune reads invoices. */
export function restrictsInvoices(rune: Rune): boolean {
  return rune.restrictions.some(({ alternatives }) =>
    alternatives.some(({ fieldname }) => fieldname.startsWith('pinv')),
  );
}
