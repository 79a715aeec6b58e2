import type { Alternative } from './alternative.ts';
import { isKnownField } from './certainty.ts';
import type { Rune } from './rune.ts';

/**
 * Returns whether only a node can check calls against this rune, in lightningd's exact words:
 * - it has `rate` or `per`, for which the node counts uses;
 * - it has a field, or a field of an invoice, that this library does not know, or bytes that are not valid UTF-8;
 * - several restrictions test parameters, and one of them by name, which lightningd v26.06.6 can decide wrongly. A comment
 *   (`name#shop`) counts if such a restriction follows: lightningd looks its field up in the parameters.
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
 * needsNode(rune.restrict(Restriction.of('name#shop'))); // => false
 * needsNode(rune.restrict(Restriction.of('rate=60'))); // => true
 * ```
 */
export function needsNode({ restrictions }: Rune): boolean {
  let reading = 0;
  let isNamed = false;
  let comments = 0;
  for (const { alternatives } of restrictions) {
    if (alternatives.some(isForNode)) return true;
    const read = alternatives.filter((alternative) => !isComment(alternative));
    if (read.some(({ fieldname }) => /^p(?:name|arr|inv)/.test(fieldname))) {
      reading += 1 + comments;
      comments = 0;
    } else if (alternatives.some(isComment)) {
      comments++;
    }
    isNamed ||= read.some(({ fieldname }) => /^p(?:name|inv)/.test(fieldname));
  }
  return isNamed && reading > 1;
}

function isForNode(alternative: Alternative): boolean {
  const { fieldname: name, value } = alternative;
  if (name === 'rate' || name === 'per') return true;
  if (name.startsWith('pinv') && !/_(?:amount|description|node)$/.test(name)) return true;
  if (!name.isWellFormed() || !value.isWellFormed()) return true;
  return !isKnownField(name) && !isComment(alternative);
}

/**
 * Whether an alternative holds for every call because it is a comment. On an invoice it holds only if the invoice can be
 * read, and lightningd reads `rate` and `per` before the operator.
 */
export function isComment({ fieldname, condition }: Alternative): boolean {
  return (
    condition === '#' &&
    fieldname !== 'rate' &&
    fieldname !== 'per' &&
    !fieldname.startsWith('pinv')
  );
}
