import { isUtf8 } from 'node:buffer';
import { RawJson } from '@clnrest/json';
import type { CommandResult } from '../json/output.ts';
import { quote } from '../json/strings.ts';
import { floatText } from './float-text.ts';
import { type Sqlite, SqlError, type SqlResultValue, type SqlStatement } from './sqlite.ts';

/** The limits of a query. lightningd has none. */
interface QueryLimits {
  /** The time in milliseconds. The sandbox does nothing else in that time. */
  readonly time: number;
  /** The length of the result in characters of JSON. The sandbox holds the result in memory. */
  readonly length: number;
}

const LIMITS: QueryLimits = { time: 2000, length: 32 * 1024 * 1024 };

/** lightningd writes such a number, which is not valid JSON, stops its plugin sql for it, and then itself. */
const NOT_FINITE = 'Executing statement: the result contains an infinite number';

/** A query failed before its first row, or its result cannot be written as JSON. */
export class QueryFailedError extends Error {}

/**
 * Executes a prepared query.
 *
 * @returns the reply of the command. A failure after the first row is a warning in it, as in lightningd
 * @throws QueryFailedError if the query fails before it returns a row
 */
export function execute(
  sqlite: Sqlite,
  statement: SqlStatement,
  { time, length }: QueryLimits = LIMITS,
): CommandResult {
  // lightningd's `VACUUM` has no effect either. This one could write files.
  if (!statement.isReadOnly) return { rows: [] };
  const rows: RawJson[] = [];
  const warning = sqlite.within(time, () => collect(statement, rows, length));
  if (warning === undefined) return { rows };
  if (rows.length === 0) throw new QueryFailedError(warning);
  return { rows, warning_db_failure: warning };
}

/** Reads the rows. @returns what went wrong, if anything did */
function collect(statement: SqlStatement, rows: RawJson[], maxLength: number): string | undefined {
  let warning: string | undefined;
  let length = 0;
  try {
    while (statement.step()) {
      const values = Array.from({ length: statement.columns }, (_, column) => {
        const value = statement.read(column);
        if (isMalformed(value)) {
          warning = `Invalid UTF-8 string row ${rows.length} column ${column}`;
        }
        return jsonOf(value);
      });
      const row = `[${values.join(',')}]`;
      length += row.length;
      if (length > maxLength) throw new SqlError('interrupted');
      rows.push(RawJson.checked(row));
    }
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    warning = `Executing statement: ${error.message}`;
  }
  return warning;
}

/** The bytes up to the first zero byte, where lightningd ends a text. */
function cText(text: Buffer): Buffer {
  const end = text.indexOf(0);
  return end === -1 ? text : text.subarray(0, end);
}

function isMalformed(value: SqlResultValue): boolean {
  return value.type === 'text' && !isUtf8(cText(value.value));
}

function jsonOf(value: SqlResultValue): string {
  switch (value.type) {
    case 'integer':
      return String(value.value);
    case 'float':
      if (!Number.isFinite(value.value)) throw new QueryFailedError(NOT_FINITE);
      return floatText(value.value);
    case 'text': {
      const text = cText(value.value);
      return quote(isUtf8(text) ? text.toString() : `INVALID UTF-8 STRING ${text.toString('hex')}`);
    }
    case 'blob':
      return `"${value.value.toString('hex')}"`;
    case 'null':
      return 'null';
  }
}
