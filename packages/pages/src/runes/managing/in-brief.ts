import { type Alternative, Restriction, restrictionInWords } from '@clnrest/runes';
import { visible } from '../../visible.ts';
import { isComment, nameOf } from './rune-name.ts';

/**
 * Describes a restriction for people who do not know runes: names of commands and limits of invoices are shorter than in the
 * words of the library, which describes everything else.
 *
 * @param now in seconds since 1970
 * @param max the number of commands to name
 */
export function inBrief(restriction: Restriction, now: bigint, max = Infinity): string {
  const { alternatives } = restriction;
  if (isComment(restriction)) return `Comment: ${visible(nameOf([restriction]))}`;
  const commands = alternatives.flatMap((alternative) => commandOf(alternative) ?? []);
  if (commands.length === alternatives.length && commands.length > 0) {
    const more = commands.length - max;
    const shown = commands.slice(0, max).join(', ');
    return more > 0 ? `${shown} and ${more} more commands` : shown;
  }
  const [first, ...others] = alternatives;
  // `method/pay|…` restricts only pay.
  const isAboutOne = first?.fieldname === 'method' && first.condition === '/' && others.length > 0;
  const words = (isAboutOne ? others : alternatives).map((each) => alternativeInBrief(each, now));
  return `${isAboutOne ? `${visible(first.value)} only if ` : ''}${words.join(', or ')}`;
}

/** Returns `pay` for `method=pay`, and `list…` for `method^list`. */
function commandOf({ fieldname, condition, value }: Alternative): string | undefined {
  if (fieldname !== 'method') return undefined;
  if (condition === '=') return visible(value);
  return condition === '^' && value !== '' ? `${visible(value)}…` : undefined;
}

function alternativeInBrief(alternative: Alternative, now: bigint): string {
  const { fieldname, condition, value } = alternative;
  const isAmount =
    /^pinv.*_amount$/s.test(fieldname) && condition === '<' && /^[0-9]{1,18}$/.test(value);
  if (!isAmount) return restrictionInWords(new Restriction([alternative]), now);
  const most = BigInt(value) - 1n;
  const parameter = visible(fieldname.slice('pinv'.length, -'_amount'.length));
  const amount = most % 1000n === 0n ? `${most / 1000n} sat` : `${most} msat`;
  return `the invoice in ${parameter} is for at most ${amount}`;
}
