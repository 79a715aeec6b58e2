import type { Alternative } from '../alternative.ts';
import { type Certainty, certaintyOf } from '../certainty.ts';
import { compare } from '../compare.ts';
import { withoutPunctuation } from '../condition.ts';
import { signedInteger } from '../integers.ts';
import { type Pause, pauseOfPer, pauseOfRate } from '../rate.ts';
import type { SensitiveCommand } from './sensitive-commands.ts';

/** How a call passes its parameters: as an object, or as an array. */
export type Style = 'named' | 'placed';

/** A call of one command, of which only the style of the parameters is known. */
export interface Ways {
  readonly command: SensitiveCommand;
  readonly style: Style;
}

/**
 * What an alternative means for the calls of a command: none of them passes, all pass, or those pass that are limited
 * in some way.
 */
export type Effect = 'fails' | 'holds' | Limits;

/** The limits that hold for every call that passes an alternative. */
export interface Limits {
  /** The amount is below a bound, or what is spent is fixed. */
  readonly amount: boolean;
  /** Returns whether this parameter cannot raise the fee. */
  readonly fee: (parameter: string) => boolean;
  /** The number of calls is limited. */
  readonly count: boolean;
}

/** Bounds from 1 BTC on count as none: they are more than most nodes can spend at once, or have the wrong unit. */
const MAX_BOUND_MSAT = 100_000_000_000n;

const nothing = (): boolean => false;
const UNLIMITED: Limits = { amount: false, fee: nothing, count: false };

/** Returns the effect of an alternative. */
export function effectOf(
  alternative: Alternative,
  { command, style }: Ways,
  certainty: Certainty,
): Effect {
  const { fieldname, condition } = alternative;
  if (certainty.kind !== 'depends') return certainty.kind === 'always' ? 'holds' : 'fails';
  switch (fieldname) {
    case 'method':
      return compare(alternative, command.name) === undefined ? 'holds' : 'fails';
    case 'rate':
      return { ...UNLIMITED, count: isLong(pauseOfRate(alternative)) };
    case 'per':
      return { ...UNLIMITED, count: isLong(pauseOfPer(alternative)) };
    case 'pnum':
      return effectOfCount(alternative, { command, style });
    case 'id':
      // Requests over REST have no id.
      return condition === '!' ? 'holds' : UNLIMITED;
    case 'time':
      return UNLIMITED;
  }
  if (fieldname.startsWith('pinv')) return effectOfInvoice(alternative, { command, style });
  return effectOfParameter(alternative, { command, style });
}

/** More than one call a second counts as no limit. */
const MIN_PAUSE = 1_000_000_000n;

function isLong(pause: Pause): boolean {
  return 'nanoseconds' in pause && pause.nanoseconds >= MIN_PAUSE;
}

/** @param now in seconds since 1970 */
export function certainties(
  alternatives: readonly Alternative[],
  now: bigint,
): readonly Certainty[] {
  return alternatives.map((alternative) => certaintyOf(alternative, now));
}

/** lightningd rejects calls with too few or too many parameters. */
function effectOfCount({ condition, value }: Alternative, { command, style }: Ways): Effect {
  const { params, required, onlyShows } = command;
  const bound = signedInteger(value) ?? 0n;
  const most = condition === '<' ? bound - 1n : condition === '=' ? bound : undefined;
  const least = condition === '>' ? bound + 1n : condition === '=' ? bound : 0n;
  if (least > BigInt(params.length) && !command.acceptsUnknown) return 'fails';
  if (most === undefined) return UNLIMITED;
  if (most < BigInt(required)) return 'fails';
  const isOnlyRequired = most === BigInt(required);
  const fee = (parameter: string): boolean =>
    isOnlyRequired || (style === 'placed' && BigInt(params.indexOf(parameter)) >= most);
  const { recipient } = command;
  const isIdle = (onlyShows && most === 0n) || (recipient !== undefined && fee(recipient));
  return { ...UNLIMITED, amount: isIdle, fee };
}

function effectOfInvoice(alternative: Alternative, { command, style }: Ways): Effect {
  const { fieldname } = alternative;
  const [, parameter = '', what] = /^pinv(.*)_(amount|description|node)$/s.exec(fieldname) ?? [];
  // lightningd finds the invoice by name only.
  if (style === 'placed' || !accepts(parameter, command)) return 'fails';
  if (!command.invoices.includes(parameter)) return UNLIMITED;
  return { ...UNLIMITED, amount: what === 'amount' && isBound(alternative, false) };
}

function effectOfParameter(alternative: Alternative, { command, style }: Ways): Effect {
  const { fieldname, condition } = alternative;
  const isNamed = fieldname.startsWith('pname');
  const name = isNamed
    ? withoutPunctuation(fieldname.slice('pname'.length))
    : command.params[Number(fieldname.slice('parr'.length))];
  const canBeGiven =
    isNamed === (style === 'named') && name !== undefined && accepts(name, command);
  if (!canBeGiven) return condition === '!' ? 'holds' : 'fails';
  return condition === '!'
    ? limitsOfAbsence(name, { command, style })
    : limitsOfValue(alternative, name, command);
}

function limitsOfAbsence(name: string, { command, style }: Ways): Effect {
  const { params, required, recipient } = command;
  const index = params.indexOf(name);
  if (index >= 0 && index < required) return 'fails';
  // An array without this parameter has none after it.
  const isAbsent = (other: string): boolean =>
    other === name || (style === 'placed' && params.indexOf(other) > index);
  return {
    ...UNLIMITED,
    amount: recipient !== undefined && isAbsent(recipient),
    fee: isAbsent,
  };
}

function limitsOfValue(
  alternative: Alternative,
  parameter: string,
  { amounts, fixed, feeLimit, fees, inSatoshis }: SensitiveCommand,
): Limits {
  const { condition, value } = alternative;
  const isFixed = condition === '=' && fixed.includes(parameter) && !UNSAFE_VALUES.has(value);
  const isBounded = isBound(alternative, inSatoshis);
  return {
    amount: isFixed || (amounts.includes(parameter) && isBounded),
    fee: (other) => isBounded && fees.includes(parameter) && [feeLimit, other].includes(parameter),
    count: false,
  };
}

/** Fixed values that are as powerful as any other. */
const UNSAFE_VALUES = new Set([
  'commando',
  '636f6d6d616e646f',
  'null',
  'start',
  'startdir',
  'rescan',
  'install',
]);

/** Returns whether all values that pass are below a bound. Only fixed amounts can have a unit. */
function isBound({ condition, value }: Alternative, inSatoshis: boolean): boolean {
  if (condition !== '<' && condition !== '=') return false;
  const [, digits = value, unit] =
    (condition === '=' ? /^([0-9]+)(msat|sat)$/.exec(value) : undefined) ?? [];
  const amount = signedInteger(digits);
  const isSatoshis = unit === undefined ? inSatoshis : unit === 'sat';
  return amount !== undefined && amount * (isSatoshis ? 1_000n : 1n) < MAX_BOUND_MSAT;
}

/** Returns whether a call can have a parameter of this name. */
function accepts(name: string, { params, acceptsUnknown }: SensitiveCommand): boolean {
  return acceptsUnknown || params.includes(name);
}
