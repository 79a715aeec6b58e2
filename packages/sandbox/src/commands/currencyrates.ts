import type { JsonToken } from '@clnrest/json/tokens';
import { RawJson } from '@clnrest/json';
import type { ParamsToken } from '@clnrest/lightningd/parameters';
import type { CommandResult } from '../json/output.ts';
import type { NodeWith } from '../node.ts';
import type { World } from '../world/world.ts';
import { checked, type Command } from './command.ts';
import { CommandError, ErrorCode } from './errors.ts';

/** A command of lightningd's plugin `cln-currencyrate`, which reads its parameters itself. */
function currencyCommand(
  name: string,
  usage: string,
  run: (params: Parameters, world: World) => CommandResult,
): Command<NodeWith<'world'>> {
  return {
    name,
    usage,
    run: ({ node }, params) => run(new Parameters(params), node.world),
    check: () => checked(name),
  };
}

export const currencyconvert = currencyCommand(
  'currencyconvert',
  'amount currency',
  (params, { currencyRates }) => {
    params.checkCount(2, '2 arguments');
    const amount = params.number('amount', 0);
    const currency = params.currency(1);
    return {
      msat: prefixed('Error converting currency', () => currencyRates.msatOf(amount, currency)),
    };
  },
);

export const currencyrate = currencyCommand(
  'currencyrate',
  // The help of the plugin omits the source.
  'currency [source]',
  (params, { currencyRates }) => {
    params.checkCount(2, 'at most 2 arguments');
    const currency = params.currency(0);
    const source = params.optionalText('source', 1);
    const rate =
      source === undefined
        ? prefixed('Error getting median rate', () => currencyRates.median(currency))
        : prefixed('Error getting rate from source', () =>
            currencyRates.ofSource(currency, source),
          );
    return { rate: rateJson(rate) };
  },
);

export const listcurrencyrates = currencyCommand(
  'listcurrencyrates',
  'currency',
  (params, { currencyRates }) => {
    params.checkCount(1, '1 argument');
    const currency = params.currency(0);
    const rates = prefixed('Error listing currency rates', () => currencyRates.all(currency));
    return {
      currencyrates: rates.map(({ source, price }) => ({ source, amount: rateJson(price) })),
    };
  },
);

function failed(message: string): CommandError {
  return new CommandError(ErrorCode.rustPlugin, message);
}

/** Runs work whose errors get a prefix. */
export function prefixed<T>(prefix: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    throw failed(`${prefix}: ${error.message}`);
  }
}

/** A number with at most three decimal places, as Rust writes it. */
function rateJson(rate: number): RawJson {
  const rounded = Number(rate.toFixed(3));
  return RawJson.checked(Number.isInteger(rounded) ? `${rounded}.0` : String(rounded));
}

/** The parameters, with the plugin's errors. */
class Parameters {
  readonly #params: ParamsToken;

  constructor(params: ParamsToken) {
    this.#params = params;
  }

  checkCount(most: number, expected: string): void {
    const { length } = this.#params.type === 'object' ? this.#params.members : this.#params.items;
    if (length <= most) return;
    throw failed(`Too many arguments: Expected ${expected}, got ${length}`);
  }

  number(name: string, position: number): number {
    const token = this.#required(name, position);
    const value = token.type === 'primitive' ? Number(token.text) : Number.NaN;
    if (Number.isFinite(value)) return value;
    throw failed(`${name} must be a number`);
  }

  currency(position: number): string {
    const token = this.#required('currency', position);
    if (token.type === 'string') return token.text.toUpperCase();
    throw failed('currency must be a string');
  }

  /** A number is read as its text, and other values are ignored. */
  optionalText(name: string, position: number): string | undefined {
    const token = this.#token(name, position);
    if (token?.type === 'string') return token.text;
    return token?.type === 'primitive' && /^-?\d/.test(token.text) ? token.text : undefined;
  }

  #required(name: string, position: number): JsonToken {
    const token = this.#token(name, position);
    if (token === undefined) throw failed(`Missing ${name}`);
    return token;
  }

  #token(name: string, position: number): JsonToken | undefined {
    return this.#params.type === 'object'
      ? this.#params.members.find(([key]) => key === name)?.[1]
      : this.#params.items[position];
  }
}
