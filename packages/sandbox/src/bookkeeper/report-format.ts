import { inBitcoin } from './bitcoin-amount.ts';
import type { IncomeEvent } from './income.ts';

/** A value of an event; undefined if the event has none. */
type Value = (event: IncomeEvent) => string | undefined;

/** A text, or a tag with what to write if its value exists or not. */
type Piece =
  | string
  | {
      readonly value: Value;
      readonly ifSet: ReportFormat | undefined;
      readonly ifNotSet: ReportFormat | undefined;
    };

/** The parsed format of `bkpr-report`. */
export type ReportFormat = readonly Piece[];

/** A format is malformed. The message is lightningd's. */
export class ReportFormatError extends Error {}

/** An amount of nothing: absent for conditions. */
const ZERO = '0';

/** The tags of lightningd's plugins/bkpr/report.c. Those about another currency have no value. */
const TAGS: Readonly<Record<string, Value>> = {
  account: ({ account }) => account,
  tag: ({ tag }) => tag,
  description: ({ description }) => description,
  credit: ({ creditMsat }) => inBitcoin(creditMsat),
  debit: ({ debitMsat }) => inBitcoin(debitMsat),
  fees: ({ feesMsat }) => inBitcoin(feesMsat),
  localtime: ({ timestamp }) => localTime(timestamp),
  utctime: ({ timestamp }) => utcTime(Number(timestamp) * 1000),
  outpoint: ({ outpoint }) => outpoint,
  txid: ({ txid }) => txid,
  payment_id: ({ paymentId }) => paymentId?.toString('hex'),
  'bkpr-currency': () => undefined,
  currencyrate: () => undefined,
  creditdebit({ creditMsat, debitMsat }) {
    if (creditMsat !== 0n) return `+${inBitcoin(creditMsat)}`;
    return debitMsat === 0n ? ZERO : `-${inBitcoin(debitMsat)}`;
  },
  currencycredit: () => undefined,
  currencydebit: () => undefined,
  currencycreditdebit: ({ creditMsat, debitMsat }) =>
    creditMsat === 0n && debitMsat === 0n ? '0' : undefined,
};

function utcTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 19).replace('T', ' ');
}

function localTime(timestamp: bigint): string {
  const milliseconds = Number(timestamp) * 1000;
  return utcTime(milliseconds - new Date(milliseconds).getTimezoneOffset() * 60_000);
}

/** Parses a format such as `{account}: {credit?+{credit}:-{debit}}`. @throws ReportFormatError */
export function parseReportFormat(text: string): ReportFormat {
  return new FormatParser(text).until('');
}

class FormatParser {
  readonly #text: string;
  #position = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Parses up to one of the characters, which it does not consume; `''` is the end of the text. */
  until(ends: string): ReportFormat {
    const pieces: Piece[] = [];
    let start = this.#position;
    for (;;) {
      const character = this.#text[this.#position];
      if (character === undefined && ends !== '') throw new ReportFormatError('Unterminated tag');
      if (character === undefined || ends.includes(character)) break;
      if (character !== '{') {
        this.#position++;
        continue;
      }
      if (this.#position > start) pieces.push(this.#text.slice(start, this.#position));
      pieces.push(this.#tagOrBrace());
      start = this.#position;
    }
    if (this.#position > start) pieces.push(this.#text.slice(start, this.#position));
    return pieces;
  }

  #tagOrBrace(): Piece {
    this.#position++;
    if (this.#text[this.#position] === '{') {
      this.#position++;
      return '{';
    }
    const rest = this.#text.slice(this.#position);
    const length = rest.search(/[?:}]/);
    if (length === -1) throw new ReportFormatError(`Unterminated tag ${rest}`);
    const name = rest.slice(0, length);
    const value = Object.hasOwn(TAGS, name) ? TAGS[name] : undefined;
    if (value === undefined) throw new ReportFormatError(`Unknown tag ${name}`);
    this.#position += length;
    const ifSet = this.#skip('?') ? this.until('}:') : undefined;
    const ifNotSet = this.#skip(':') ? this.until('}') : undefined;
    this.#skip('}');
    return { value, ifSet, ifNotSet };
  }

  #skip(character: string): boolean {
    if (this.#text[this.#position] !== character) return false;
    this.#position++;
    return true;
  }
}

/** Formats an event. `escape` is applied to values, and not to the texts of the format. */
export function formatEvent(
  format: ReportFormat,
  event: IncomeEvent,
  escape: (value: string) => string,
): string {
  return format
    .map((piece) => {
      if (typeof piece === 'string') return piece;
      const { value, ifSet, ifNotSet } = piece;
      const given = value(event);
      const isConditional = ifSet !== undefined || ifNotSet !== undefined;
      if (given === undefined || (given === ZERO && isConditional)) {
        return ifNotSet === undefined ? '' : formatEvent(ifNotSet, event, escape);
      }
      return ifSet === undefined ? escape(given) : formatEvent(ifSet, event, escape);
    })
    .join('');
}

/** Quotes a value for CSV if it needs that. */
export function csvEscape(value: string): string {
  return /[,"\n\r]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
