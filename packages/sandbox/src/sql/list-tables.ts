import { bytesOfHex } from '@clnrest/lightningd/parameters';
import { fromUnsigned } from '../database/row.ts';
import {
  entriesOf,
  isList,
  isScalar,
  type JsonObject,
  type JsonOutput,
  writeJson,
} from '../json/output.ts';
import type { Sqlite, SqlCell, SqlStatement } from './sqlite.ts';
import { SQL_TABLES, type SqlTable, type SqlType } from './tables.ts';

type Values = Map<string, JsonOutput>;

/** An array in an entry, with the names that lead to it. */
interface InnerArray {
  readonly path: readonly string[];
  readonly items: readonly JsonOutput[];
}

/** The tables over the lists of the node, as in lightningd's plugin sql. */
export class ListTables {
  readonly #sqlite: Sqlite;
  /** lightningd numbers the rows of all tables together, and never uses a number again. */
  #nextRowId = 1n;
  readonly #indexed = new Set<SqlTable>();

  constructor(sqlite: Sqlite) {
    this.#sqlite = sqlite;
    for (const table of SQL_TABLES) sqlite.execute(creation(table));
  }

  /** Replaces the rows of a table, and of the tables below it, by the entries of a list. */
  refresh(table: SqlTable, list: Iterable<JsonOutput>): void {
    this.#sqlite.execute('BEGIN');
    const filling = new Filling(this.#sqlite, () => this.#nextRowId++);
    try {
      this.#sqlite.execute(`DELETE FROM ${table.name}`);
      for (const entry of list) filling.addRow(table, entry as JsonObject, []);
      this.#index(table);
      this.#sqlite.execute('COMMIT');
    } catch (error) {
      this.#sqlite.execute('ROLLBACK');
      throw error;
    } finally {
      filling.end();
    }
  }

  /** Adds the indices to a table that was filled for the first time. */
  #index(table: SqlTable): void {
    if (this.#indexed.has(table)) return;
    for (const fields of table.indices) {
      const name = `${table.name}_${indexNumber(table, fields)}_idx`;
      this.#sqlite.execute(`CREATE INDEX ${name} ON ${table.name} (${fields.join(', ')})`);
    }
    this.#indexed.add(table);
  }
}

/** The tables with indices, in the order in which lightningd numbers the indices. `explain query plan` shows the numbers. */
const INDEXED =
  'channels forwards htlcs invoices nodes offers peers peerchannels sendpays transactions chainmoves channelmoves'.split(
    ' ',
  );

function indexNumber({ name, indices }: SqlTable, fields: readonly string[]): number {
  return INDEXED.indexOf(name) + indices.indexOf(fields);
}

/** One refresh of a table and the tables below it. Prepares each insertion once. */
class Filling {
  readonly #sqlite: Sqlite;
  readonly #nextRowId: () => bigint;
  readonly #insertions = new Map<SqlTable, SqlStatement>();

  constructor(sqlite: Sqlite, nextRowId: () => bigint) {
    this.#sqlite = sqlite;
    this.#nextRowId = nextRowId;
  }

  /** @param reference - the values of `row` and `arrindex`, in a table below another one */
  addRow(table: SqlTable, entry: JsonObject, reference: readonly bigint[]): void {
    const { values, arrays } = flatten(entry);
    const hasRowId = !hasCreatedIndex(table);
    const key = hasRowId ? this.#nextRowId() : BigInt(writeJson(values.get('created_index') ?? 0));
    const given = hasRowId ? [key, ...reference] : reference;
    const rest = table.columns.slice(given.length);
    this.#insert(table, [
      ...given,
      ...rest.map(({ name, type }) => cellOf(values.get(name), type)),
    ]);
    for (const { path, items } of arrays) {
      const inner = SQL_TABLES.find(({ name }) => name === [table.name, ...path].join('_'));
      if (inner === undefined) continue;
      for (const [index, item] of items.entries()) {
        // An array of plain values has one column, with the name of the array.
        const row = isScalar(item) ? { [path.at(-1) ?? '']: item } : (item as JsonObject);
        this.addRow(inner, row, [key, BigInt(index)]);
      }
    }
  }

  end(): void {
    for (const insertion of this.#insertions.values()) insertion.finalize();
  }

  #insert(table: SqlTable, cells: readonly SqlCell[]): void {
    let insertion = this.#insertions.get(table);
    if (insertion === undefined) {
      const places = cells.map(() => '?').join(', ');
      insertion = this.#sqlite.prepare(`INSERT INTO ${table.name} VALUES (${places})`);
      this.#insertions.set(table, insertion);
    }
    insertion.bind(cells);
    insertion.step();
    insertion.reset();
  }
}

function hasCreatedIndex({ columns }: SqlTable): boolean {
  return columns.some(({ name }) => name === 'created_index');
}

/** The statement that creates a table. The rows of a table below another one end with the row that contains them. */
function creation({ name, columns }: SqlTable): string {
  const above = SQL_TABLES.find(
    (each) => each.source !== undefined && name.startsWith(`${each.name}_`),
  );
  const declared = columns.map((column) => {
    if (column.name === 'rowid') return 'rowid INTEGER PRIMARY KEY';
    if (column.name === 'created_index') return 'created_index INTEGER INTEGER PRIMARY KEY';
    if (column.name !== 'row' || above === undefined) return `${column.name} ${column.type}`;
    const key = hasCreatedIndex(above) ? 'created_index' : 'rowid';
    return `row INTEGER REFERENCES ${above.name}(${key}) ON DELETE CASCADE`;
  });
  return `CREATE TABLE ${name} (${declared.join(', ')})`;
}

/**
 * The values of an object by column, and its arrays. A column of an inner object begins with the name of that object.
 *
 * @param path - the names of the objects that contain this one
 */
function flatten(
  entry: JsonObject,
  path: readonly string[] = [],
): { values: Values; arrays: InnerArray[] } {
  const values: Values = new Map();
  const arrays: InnerArray[] = [];
  for (const [name, value] of entriesOf(entry)) {
    if (isScalar(value)) {
      values.set(columnName(name, path), value);
    } else if (isList(value)) {
      arrays.push({ path: [...path, name], items: value });
    } else {
      const inner = flatten(value as JsonObject, [...path, name]);
      for (const [column, innerValue] of inner.values) values.set(column, innerValue);
      arrays.push(...inner.arrays);
    }
  }
  return { values, arrays };
}

/** lightningd renames members that are keywords of SQL. */
function columnName(member: string, path: readonly string[]): string {
  return [...path.slice(-1), member === 'index' ? 'idx' : member].join('_');
}

function cellOf(value: JsonOutput | undefined, type: SqlType): SqlCell {
  if (value === undefined || value === null) return null;
  // lightningd stores the JSON text of a string, without the quotes.
  const json = writeJson(value);
  const text = json.startsWith('"') ? json.slice(1, -1) : json;
  switch (type) {
    case 'INTEGER':
      if (typeof value === 'boolean') return value ? 1n : 0n;
      return fromUnsigned(BigInt(text));
    case 'REAL':
      return Number(text);
    case 'BLOB':
      return bytesOfHex(text) ?? null;
    case 'TEXT':
      return text;
  }
}
