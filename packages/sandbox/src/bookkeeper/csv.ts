import { quote } from '../json/strings.ts';
import { inBitcoin } from './bitcoin-amount.ts';
import { WALLET } from './events.ts';
import type { IncomeEvent } from './income.ts';

interface CsvFormat {
  readonly name: string;
  readonly header: string;
  /** The cells of a line, or nothing if the format leaves the event out. */
  readonly line: (event: IncomeEvent, asset: string) => readonly string[] | undefined;
}

/** The formats of `bkpr-dumpincomecsv`, as in lightningd's plugins/bkpr/incomestmt.c. */
export const CSV_FORMATS: readonly CsvFormat[] = [
  {
    name: 'cointracker',
    header:
      'Date,Received Quantity,Received Currency,Sent Quantity,Sent Currency,Fee Amount,Fee Currency,Tag,Account',
    line(event, asset) {
      // The fee is in the line of the payment.
      if (event.tag === 'invoice_fee') return undefined;
      return [
        usDate(event),
        ...amount(event.creditMsat, asset),
        ...amount(event.debitMsat, asset),
        ...fee(event, asset),
        event.tag === 'invoice' || event.tag === 'routed' ? 'payment' : '',
        event.account,
      ];
    },
  },
  {
    name: 'koinly',
    header:
      'Date,Sent Amount,Sent Currency,Received Amount,Received Currency,Fee Amount,Fee Currency,Label,Description,TxHash',
    line(event, asset) {
      if (event.tag === 'invoice_fee') return undefined;
      return [
        `${iso(event).slice(0, 16).replace('T', ' ')} UTC`,
        ...amount(event.debitMsat, asset),
        ...amount(event.creditMsat, asset),
        ...fee(event, asset),
        event.tag,
        description(event),
        transaction(event),
      ];
    },
  },
  {
    name: 'harmony',
    header: [
      'HarmonyCSV v0.2,,,,,,,,,',
      'Provenance,cln-bookkeeper,,,,,,,,',
      ',,,,,,,,,',
      'Timestamp,Venue,Type,Amount,Asset,Transaction ID,Order ID,Account,Network ID,Note',
    ].join('\n'),
    line: (event, asset) => [
      `${iso(event).slice(0, 19)}Z`,
      'cln',
      harmonyType(event),
      event.debitMsat === 0n ? inBitcoin(event.creditMsat) : `-${inBitcoin(event.debitMsat)}`,
      asset,
      transaction(event),
      event.paymentId?.toString('hex') ?? '',
      event.account,
      event.outpoint ?? '',
      description(event),
    ],
  },
  {
    name: 'quickbooks',
    header: 'Date,Description,Credit,Debit',
    line(event, asset) {
      const [year, month, day] = iso(event).slice(0, 10).split('-');
      const { tag, account, creditMsat, debitMsat } = event;
      return [
        `${day}/${month}/${year}`,
        `${tag} (${account}) ${asset}: ${description(event) || 'no desc'}`,
        creditMsat === 0n ? '' : inBitcoin(creditMsat),
        debitMsat === 0n ? '' : inBitcoin(debitMsat),
      ];
    },
  },
];

/** The text of a CSV file. The last line has no end, as in lightningd. */
export function csvOf(
  { header, line }: CsvFormat,
  events: readonly IncomeEvent[],
  currency: string,
): string {
  const asset = currency === 'bc' ? 'btc' : currency;
  const lines = events.flatMap((event) => line(event, asset)?.join(',') ?? []);
  return [header, ...lines].join('\n');
}

function iso({ timestamp }: IncomeEvent): string {
  return new Date(Number(timestamp) * 1000).toISOString();
}

function usDate(event: IncomeEvent): string {
  const [year, month, day] = iso(event).slice(0, 10).split('-');
  return `${month}/${day}/${year} ${iso(event).slice(11, 19)}`;
}

/** An amount and its currency, or two empty cells. */
function amount(msat: bigint, asset: string): [string, string] {
  return msat === 0n ? ['', ''] : [inBitcoin(msat), asset];
}

function fee({ tag, feesMsat }: IncomeEvent, asset: string): [string, string] {
  return amount(tag === 'invoice' ? feesMsat : 0n, asset);
}

/** The description in quotes. Double quotes become single ones. */
function description({ description: text }: IncomeEvent): string {
  return text === undefined ? '' : quote(text.replaceAll('"', "'"));
}

function transaction({ txid, paymentId, outpoint }: IncomeEvent): string {
  return txid ?? paymentId?.toString('hex') ?? outpoint ?? '';
}

function harmonyType({ tag, account, creditMsat }: IncomeEvent): string {
  if (tag === 'onchain_fee') return 'fee:network';
  if (account === WALLET) return `transfer:${tag}`;
  return `${creditMsat === 0n ? 'expense' : 'income'}:${tag}`;
}
