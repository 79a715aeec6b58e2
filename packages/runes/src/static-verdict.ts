import type { Alternative } from './alternative.ts';
import type { Circumstances, StaticCall } from './call.ts';
import { isKnownField } from './certainty.ts';
import { Fields, type Outcome } from './fields.ts';
import { isComment } from './needs-node.ts';
import { restrictionReason } from './reason-text.ts';
import type { Restriction } from './restriction.ts';
import type { Rune } from './rune.ts';

/** The verdict on a call without a node's state. `reason` is in lightningd's words. */
export type StaticVerdict =
  | { readonly kind: 'allowed' }
  | { readonly kind: 'uncertain' }
  | { readonly kind: 'refused'; readonly reason: string };

/**
 * Checks a call without a node's state, as a second check in addition to the node's. No node allows a call that is
 * `refused` here. The node decides calls that are `uncertain`.
 *
 * An alternative is uncertain if it depends on state of the node, or if a newer node can decide it:
 * - `rate` and `per`, which count uses;
 * - `time`, if the call has no `now`;
 * - `pinv…` without a reader for the invoice;
 * - a field that this library does not know, except in a comment.
 *
 * A restriction fails only if all of its alternatives certainly fail, and holds if one certainly holds. Parameters are
 * parsed only if the rune restricts them.
 *
 * @throws {RuneSyntaxError} if the rune restricts parameters and they are not a JSON object or array
 *
 * @example
 * ```ts
 * import { Restriction, Rune, staticVerdict } from '@clnrest/runes';
 *
 * const rune = Rune.fromBase64('KUhZzNlECC7pYsz3QVbF1TqjIUYi3oyESTI7n60hLMs9MA==')
 *   .restrict(Restriction.of('method=pay', 'method=xpay'))
 *   .restrict(Restriction.of('pnamelabel=tip', 'rate=60'));
 * staticVerdict(rune, { method: 'stop' });
 * // => { kind: 'refused', reason: 'method is not equal to pay AND method is not equal to xpay' }
 * staticVerdict(rune, { method: 'pay', params: '{"label":"tip"}' }); // => { kind: 'allowed' }
 * staticVerdict(rune, { method: 'pay', params: '{"label":"rent"}' }); // => { kind: 'uncertain' }
 * ```
 */
export function staticVerdict(
  rune: Rune,
  call: StaticCall,
  { readInvoice }: Pick<Circumstances, 'readInvoice'> = {},
): StaticVerdict {
  const fields = new Fields(call, { readInvoice }, rune.uniqueId);
  let total = ALLOWED;
  for (const restriction of rune.restrictions) {
    const verdict = verdictOf(restriction, fields);
    if (verdict.kind === 'refused') return verdict;
    if (verdict.kind === 'uncertain') total = verdict;
  }
  return total;
}

// Shared, because a known rune is checked a million times a second.
const ALLOWED: StaticVerdict = Object.freeze({ kind: 'allowed' });
const UNCERTAIN: StaticVerdict = Object.freeze({ kind: 'uncertain' });

function verdictOf({ alternatives }: Restriction, fields: Fields): StaticVerdict {
  let reasons: string[] | undefined;
  let isUncertain = false;
  for (const alternative of alternatives) {
    const outcome = outcomeOf(alternative, fields);
    if (outcome === undefined) return ALLOWED;
    if (typeof outcome === 'string') (reasons ??= []).push(outcome);
    else isUncertain = true;
  }
  if (isUncertain) return UNCERTAIN;
  return { kind: 'refused', reason: restrictionReason(reasons ?? []) };
}

function outcomeOf(alternative: Alternative, fields: Fields): Outcome {
  if (isComment(alternative)) return undefined;
  return isForNode(alternative.fieldname) ? UNDECIDED : fields.test(alternative);
}

const UNDECIDED: Outcome = { undecided: 'only the node can decide' };

/** Newer nodes can support more fields, more invoice fields, and more units of `per`. */
function isForNode(fieldname: string): boolean {
  switch (fieldname) {
    case 'method':
    case 'time':
    case 'id':
    case 'pnum':
      return false;
    case 'rate':
    case 'per':
      return true;
  }
  if (fieldname.startsWith('pname')) return false;
  if (fieldname.startsWith('pinv')) return !/_(?:amount|description|node)$/.test(fieldname);
  return !isKnownField(fieldname);
}
