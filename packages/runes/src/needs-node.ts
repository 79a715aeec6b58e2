import type { Alternative } from './alternative.ts';
import { isKnownField } from './certainty.ts';
import type { Rune } from './rune.ts';

/**
 * Returns whether only a node can check calls against this rune, in lightningd's exact words:
 * - it has `rate` or `per`, for which the node counts uses;
 * - it has a field, or a field of an invoice, that this library does not know, or bytes that are not valid UTF-8;
 * - several restrictions test parameters, and one of them by name, which lightningd v26.06.6 can decide wrongly.
 *
 * For other genuine runes, `refusalReason` returns the verdict of the node, if the node has not blacklisted the rune. To
 * check restrictions on invoices (`pinv…`), it needs a reader of invoices.
 *
 * @example
 * ```ts
 * import { needsNode, Restriction, Rune } from '@clnrest/runes';
 *
 * const rune = Rune.fromBase64('KUhZzNlECC7pYsz3QVbF1TqjIUYi3oyESTI7n60hLMs9MA==');
 * needsNode(rune.restrict(Restriction.of('method=pay'))); // => false
 * needsNode(rune.restrict(Restriction.of('rate=60'))); // => true
 * ```
 */
export function needsNode({ restrictions }: Rune): boolean {
  let reading = 0;
  let isNamed = false;
  for (const { alternatives } of restrictions) {
    if (alternatives.some(isForNode)) return true;
    if (alternatives.some(({ fieldname }) => /^p(?:name|arr|inv)/.test(fieldname))) reading++;
    isNamed ||= alternatives.some(({ fieldname }) => /^p(?:name|inv)/.test(fieldname));
  }
  return isNamed && reading > 1;
}

function isForNode({ fieldname: name, value }: Alternative): boolean {
  if (name === 'rate' || name === 'per') return true;
  if (name.startsWith('pinv') && !/_(?:amount|description|node)$/.test(name)) return true;
  return !isKnownField(name) || !name.isWellFormed() || !value.isWellFormed();
}
