/** A value that SQLite stores. Integers are bigints: msat exceed 2^53. */
export type SqlValue = bigint | string | Uint8Array | null;

/** The position of each column in the rows of a statement, by name. */
export type ColumnPositions = ReadonlyMap<string, number>;

/**
 * One row of a query, read by column name. Each reader throws a TypeError if the column is missing or has another type;
 * the `optional…` readers return undefined for NULL.
 */
export class Row {
  readonly #values: readonly SqlValue[];
  readonly #positions: ColumnPositions;

  constructor(values: readonly SqlValue[], positions: ColumnPositions) {
    this.#values = values;
    this.#positions = positions;
  }

  integer(column: string): bigint {
    const value = this.#value(column);
    if (typeof value !== 'bigint') throw mismatch(column, value, 'an integer');
    return value;
  }

  /** An integer below 2^53, such as a height. */
  number(column: string): number {
    return Number(this.integer(column));
  }

  /** An integer that `fromUnsigned` stored. */
  unsigned(column: string): bigint {
    return BigInt.asUintN(64, this.integer(column));
  }

  text(column: string): string {
    const value = this.#value(column);
    if (typeof value !== 'string') throw mismatch(column, value, 'text');
    return value;
  }

  bytes(column: string): Buffer {
    const value = this.#value(column);
    if (!(value instanceof Uint8Array)) throw mismatch(column, value, 'bytes');
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  }

  optionalInteger(column: string): bigint | undefined {
    return this.#value(column) === null ? undefined : this.integer(column);
  }

  optionalNumber(column: string): number | undefined {
    return this.#value(column) === null ? undefined : this.number(column);
  }

  optionalUnsigned(column: string): bigint | undefined {
    return this.#value(column) === null ? undefined : this.unsigned(column);
  }

  optionalText(column: string): string | undefined {
    return this.#value(column) === null ? undefined : this.text(column);
  }

  optionalBytes(column: string): Buffer | undefined {
    return this.#value(column) === null ? undefined : this.bytes(column);
  }

  #value(column: string): SqlValue | undefined {
    const position = this.#positions.get(column);
    return position === undefined ? undefined : this.#values[position];
  }
}

function mismatch(column: string, value: SqlValue | undefined, expected: string): TypeError {
  const actual = value === null ? 'null' : typeof value;
  return new TypeError(`the database holds ${actual} instead of ${expected} in column ${column}`);
}

/** Stores an unsigned 64-bit integer in SQLite's signed ones: amounts use all 64 bits. */
export function fromUnsigned(value: bigint): bigint {
  return BigInt.asIntN(64, value);
}
