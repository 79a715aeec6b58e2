import type { Database, Statement } from '../database/database.ts';
import { CommandError, ErrorCode } from '../commands/errors.ts';

/** The price of 1 BTC at one source. */
export interface CurrencyRate {
  readonly source: string;
  readonly price: number;
}

const MSAT_PER_BTC = 1e11;

/**
 * The exchange rates, which `dev-set-currencyrate` sets. lightningd's plugin `cln-currencyrate` reads them from public
 * services. The texts of errors are those of the plugin.
 */
export class CurrencyRates {
  readonly #set: Statement;
  readonly #of: Statement;
  readonly #sources: Statement;

  constructor(database: Database) {
    this.#set = database.prepare(
      `INSERT INTO currency_rates (currency, source, price) VALUES (?, ?, ?)
       ON CONFLICT (currency, source) DO UPDATE SET price = excluded.price`,
    );
    this.#of = database.prepare(
      'SELECT source, price FROM currency_rates WHERE currency = ? ORDER BY source',
    );
    this.#sources = database.prepare('SELECT DISTINCT source FROM currency_rates ORDER BY source');
  }

  /** @param currency - in upper case */
  set(currency: string, { source, price }: CurrencyRate): void {
    this.#set.run(currency, source, String(price));
  }

  /** @throws CommandError if the currency has no rate */
  all(currency: string): CurrencyRate[] {
    const rates = this.#rates(currency);
    if (rates.length > 0) return rates;
    throw failed(`no results for \`${currency}\`, is the currency supported? Check the logs!`);
  }

  /** The price of 1 BTC at a source. @throws CommandError if the source has none */
  ofSource(currency: string, source: string): number {
    const sources = this.#sources.all().map((row) => row.text('source'));
    if (!sources.includes(source)) {
      throw failed(`Unknown source \`${source}\`. Available sources: ${sources.join(', ')}`);
    }
    const found = this.#rates(currency).find((rate) => rate.source === source);
    if (found !== undefined) return found.price;
    throw failed(
      `Source \`${source}\` has no data for \`${currency}\`. The source may not support this currency or is currently backing off.`,
    );
  }

  /** The median price of 1 BTC. @throws CommandError if the currency has no rate */
  median(currency: string): number {
    const prices = this.all(currency)
      .map(({ price }) => price)
      .toSorted((a, b) => a - b);
    const middle = prices.length >> 1;
    const [upper = 0, lower = upper] = [prices[middle], prices[middle - 1]];
    return prices.length % 2 === 1 ? upper : (lower + upper) / 2;
  }

  /** An amount of a currency in msat. @throws CommandError if the currency has no price */
  msatOf(amount: number, currency: string): bigint {
    const msat = Math.round((amount * MSAT_PER_BTC) / this.median(currency));
    return Number.isFinite(msat) && msat > 0 ? BigInt(msat) : 0n;
  }

  #rates(currency: string): CurrencyRate[] {
    return this.#of
      .all(currency)
      .map((row) => ({ source: row.text('source'), price: Number(row.text('price')) }));
  }
}

function failed(message: string): CommandError {
  return new CommandError(ErrorCode.rustPlugin, message);
}
