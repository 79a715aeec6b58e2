import type { Alternative } from './alternative.ts';
import { signedInteger } from './integers.ts';
import { quoted } from './quoted.ts';
import { pauseOfPer, pauseOfRate } from './rate.ts';

/** The outcome of an alternative as far as it does not depend on the call. */
export type Certainty =
  | { readonly kind: 'always'; readonly why: string }
  | { readonly kind: 'never'; readonly why: string; readonly isPast: boolean }
  | { readonly kind: 'depends' };

/** Fields that are always present. */
const PRESENT = new Set(['time', 'pnum']);
/** Fields that are never an integer. */
const TEXTS = new Set(['id', 'method']);

/**
 * Decides whether an alternative holds for every call, for no call, or depends on the call.
 *
 * @param now in seconds since 1970; only calls from then on are considered
 */
export function certaintyOf(alternative: Alternative, now: bigint): Certainty {
  const { fieldname, condition, value } = alternative;
  if (condition === '#' && fieldname !== 'rate' && fieldname !== 'per') {
    // A comment on an invoice holds only if the invoice is present.
    return fieldname.startsWith('pinv')
      ? certaintyOfInvoice(fieldname)
      : always('a comment always holds');
  }
  switch (fieldname) {
    case 'rate':
      return certaintyOfPause(pauseOfRate(alternative));
    case 'per':
      return certaintyOfPause(pauseOfPer(alternative));
    case 'time':
      return certaintyOfTime(alternative, now);
  }
  if (!isKnownField(fieldname)) {
    return condition === '!'
      ? always(`no node knows the field ${quoted(fieldname)}, so it is always missing`)
      : never(`no node knows the field ${quoted(fieldname)}, so it is never present`);
  }
  if (PRESENT.has(fieldname) && condition === '!') return never(`${fieldname} is always present`);
  if (condition === '<' || condition === '>') {
    if (TEXTS.has(fieldname)) return never(`${fieldname} is not a number`);
    if (signedInteger(value) === undefined) return never(`${quoted(value)} is not a valid integer`);
  }
  if (fieldname === 'pnum') return certaintyOfCount(alternative);
  return fieldname.startsWith('pinv') ? certaintyOfInvoice(fieldname) : depends;
}

/** Whether lightningd knows the field. */
export function isKnownField(fieldname: string): boolean {
  return /^(?:time|id|method|pnum|rate|per|pname.*|parr(?:0|[1-9][0-9]*)|pinv.*)$/s.test(fieldname);
}

const depends: Certainty = { kind: 'depends' };
const always = (why: string): Certainty => ({ kind: 'always', why });
const never = (why: string, isPast = false): Certainty => ({ kind: 'never', why, isPast });

function certaintyOfInvoice(fieldname: string): Certainty {
  if (/_(?:amount|description|node)$/.test(fieldname)) return depends;
  return never(`an invoice has amount, description and node, not ${quoted(fieldname.slice(4))}`);
}

function certaintyOfPause(pause: ReturnType<typeof pauseOfRate>): Certainty {
  return 'problem' in pause ? never(pause.problem) : depends;
}

function certaintyOfTime({ condition, value }: Alternative, now: bigint): Certainty {
  if (condition === '!') return never('time is always present');
  const bound = signedInteger(value);
  if (condition === '<') {
    if (bound === undefined) return never(`${quoted(value)} is not a valid integer`);
    return now >= bound ? never('the time limit has expired', true) : depends;
  }
  if (condition === '>') {
    if (bound === undefined) return never(`${quoted(value)} is not a valid integer`);
    return now > bound ? always('the start time has passed') : depends;
  }
  if (condition === '=' && bound !== undefined && bound < now) {
    return never('this second has passed', true);
  }
  if (condition === '/' && (bound === undefined || bound < now || value !== String(bound))) {
    return always(`no future time equals ${quoted(value)}`);
  }
  return depends;
}

function certaintyOfCount({ condition, value }: Alternative): Certainty {
  const bound = signedInteger(value) ?? 0n;
  if (condition === '<' && bound <= 0n) return never('there are never fewer than 0 parameters');
  if (condition === '>' && bound < 0n) return always('there are always 0 parameters or more');
  if ((condition === '=' || condition === '/') && !/^(?:0|[1-9][0-9]*)$/.test(value)) {
    const why = `no number of parameters equals ${quoted(value)}`;
    return condition === '=' ? never(why) : always(why);
  }
  return depends;
}
