import { array, escapedString, invalidToken, type Parser } from '@clnrest/lightningd/parameters';
import { CSV_FORMATS } from '../bookkeeper/csv.ts';
import {
  csvEscape,
  parseReportFormat,
  type ReportFormat,
  ReportFormatError,
} from '../bookkeeper/report-format.ts';

/** An output as `txid:vout`. */
export const outpoint: Parser<string> = (token, name) => {
  const [, txid = '', vout = ''] = /^([0-9a-fA-F]{64}):(\d+)$/.exec(token.text) ?? [];
  const number = BigInt(vout);
  if (txid === '' || number >= 1n << 32n)
    throw invalidToken(name, 'should be a txid:outnum', token);
  return `${txid.toLowerCase()}:${number}`;
};

export const csvFormat: Parser<(typeof CSV_FORMATS)[number]> = (token, name) => {
  const format = CSV_FORMATS.find((each) => each.name === token.text);
  if (format !== undefined) return format;
  const names = CSV_FORMATS.map((each) => `"${each.name}"`).join(',');
  throw invalidToken(name, `should be one of: ${names}`, token);
};

export const reportFormat: Parser<ReportFormat> = (token, name) => {
  try {
    return parseReportFormat(escapedString(token, name));
  } catch (error) {
    if (error instanceof ReportFormatError) throw invalidToken(name, error.message, token);
    throw error;
  }
};

export const reportHeaders: Parser<string[]> = (token, name) =>
  array(token, name).items.map((item) => escapedString(item, name));

export const reportEscape: Parser<(value: string) => string> = (token, name) => {
  if (token.text === 'csv') return csvEscape;
  if (token.text === 'none') return (value) => value;
  throw invalidToken(name, 'should be `csv` or `none`', token);
};

/** The JSON text of a string, without the quotes: lightningd does not decode the escapes of some parameters. */
export const jsonText: Parser<string> = ({ raw }) => (raw.startsWith('"') ? raw.slice(1, -1) : raw);
