import type { JsonToken } from '@clnrest/json/tokens';
import type { Recurrence, RecurrenceBase, RecurrencePaywindow } from '@clnrest/runes/bolt12';
import {
  invalidToken,
  millisatoshi,
  nodeIdOf,
  type Parser,
  unsignedInteger,
} from '@clnrest/lightningd/parameters';
import { minorUnit } from '../bolt12/currencies.ts';
import { CommandError, ErrorCode } from '../commands/errors.ts';

/** The amount of an offer; no members for `any`. */
export interface OfferAmount {
  readonly offerAmount?: bigint;
  readonly offerCurrency?: string;
}

const MAX_U64 = 2n ** 64n - 1n;
const MAX_U32 = 2n ** 32n - 1n;

function u64Of(text: string): bigint | undefined {
  const value = unsignedInteger(text);
  return value !== undefined && value <= MAX_U64 ? value : undefined;
}

function u32Of(text: string): number | undefined {
  const value = unsignedInteger(text);
  return value !== undefined && value <= MAX_U32 ? Number(value) : undefined;
}

/** `any`, msat, or an amount in a currency: `1.50USD`. */
export const offerAmount: Parser<OfferAmount> = (token, name) => {
  const { text } = token;
  if (text === 'any') return {};
  const msat = millisatoshi(text);
  return msat === undefined ? currencyAmount(token, name) : { offerAmount: msat };
};

function currencyAmount(token: JsonToken, name: string): OfferAmount {
  const { text } = token;
  if (text.length < 3) {
    const forms = "should be 'any', msatoshis or <amount>[.<amount>]<ISO-4217>";
    throw invalidToken(name, forms, token);
  }
  const offerCurrency = text.slice(-3);
  const unit = minorUnit(offerCurrency);
  if (unit === undefined) throw invalid(`Unknown currency suffix ${offerCurrency}`);
  const number = text.slice(0, -3);
  const point = number.indexOf('.');
  const whole = u64Of(point < 0 ? number : number.slice(0, point));
  const cents =
    point < 0
      ? 0n
      : centsOf(number.slice(point + 1), offerCurrency, unit, () =>
          invalidToken(name, 'Bad minor units', part(number)),
        );
  if (whole === undefined) {
    const forms = "should be 'any', msatoshis or <ISO-4217><amount>[.<amount>]";
    throw invalidToken(name, forms, token);
  }
  const scaled = whole * 10n ** BigInt(unit);
  if (scaled > MAX_U64) {
    throw invalidToken(name, 'excessively large value', part(String(whole)));
  }
  return { offerAmount: BigInt.asUintN(64, scaled + cents), offerCurrency };
}

function centsOf(text: string, currency: string, unit: number, bad: () => Error): bigint {
  if (text.length !== unit) throw invalid(`Currency ${currency} requires ${unit} minor units`);
  const cents = u64Of(text);
  if (cents === undefined) throw bad();
  return cents;
}

/** A part of a token, which errors quote without quotation marks. */
function part(text: string): JsonToken {
  return { type: 'primitive', text, raw: text };
}

function invalid(message: string): CommandError {
  return new CommandError(ErrorCode.invalidParams, message);
}

/** The unit of BOLT 12, and how many of it one has. */
const TIMES: readonly (readonly [suffix: string, unit: number, factor: number])[] = [
  ['second', 0, 1],
  ['minute', 0, 60],
  ['hour', 0, 3600],
  ['day', 1, 1],
  ['week', 1, 7],
  ['month', 2, 1],
];

/** How often an offer is paid: `1week`, `10minutes`. */
export const recurrence: Parser<Recurrence> = (token, name) => {
  const [, digits = '', word = ''] = /^(.*?)([a-z]+?)s?$/.exec(token.text) ?? [];
  const time = TIMES.find(([suffix]) => suffix === word);
  const count = u32Of(digits);
  if (time === undefined || count === undefined) {
    throw invalidToken(name, 'not a valid time', token);
  }
  return { timeUnit: time[1], period: Number(BigInt.asUintN(32, BigInt(time[2]) * BigInt(count))) };
};

export const recurrenceBase: Parser<RecurrenceBase> = (token, name) => {
  const basetime = u64Of(token.text);
  if (basetime === undefined) throw invalidToken(name, 'not a valid basetime', token);
  return { proportionalAmount: 0, basetime };
};

/** `-<seconds before>+<seconds after>` */
export const recurrencePaywindow: Parser<RecurrencePaywindow> = (token, name) => {
  const { text } = token;
  const plus = text.indexOf('+');
  if (!text.startsWith('-') || plus < 0) throw invalidToken(name, 'expected -time+time', token);
  const seconds = (piece: string): number => {
    const value = u32Of(piece);
    if (value !== undefined) return value;
    throw invalidToken(name, 'expected number of seconds', part(piece));
  };
  return {
    secondsBefore: seconds(text.slice(1, plus)),
    secondsAfter: seconds(text.slice(plus + 1)),
  };
};

/** Blinded paths of an offer: the ids of their nodes. */
export const paths: Parser<readonly (readonly string[])[]> = (token, name) => {
  if (token.type !== 'array') throw invalidToken(name, 'Must be array', token);
  return token.items.map((path) => {
    if (path.type !== 'array' || path.items.length === 0) {
      throw invalidToken(name, 'Must be array of non-empty arrays', path);
    }
    return path.items.map((item, index) => {
      const id = nodeIdOf(item.text);
      const problem = index === 0 ? 'invalid pubkey/sciddir' : 'invalid pubkey';
      if (id === undefined) throw invalidToken(name, problem, item);
      return id;
    });
  });
};

/** The nodes at which blinded paths begin. */
export const frontingNodes: Parser<readonly string[]> = (token, name) => {
  if (token.type !== 'array') throw invalidToken(name, 'should be an array of nodes', token);
  return token.items.map((item) => {
    const id = nodeIdOf(item.text);
    if (id === undefined) throw invalidToken(name, 'invalid pubkey', item);
    return id;
  });
};
