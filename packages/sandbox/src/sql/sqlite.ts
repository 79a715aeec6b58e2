import type { CAPI, Sqlite3Static, WasmPointer } from '@sqlite.org/sqlite-wasm';

/** What SQLite is about to do while it prepares a statement (https://www.sqlite.org/c3ref/set_authorizer.html). */
export interface SqlAction {
  readonly code: number;
  /** The names that the action has, in the order of the documentation. */
  readonly names: readonly (string | undefined)[];
}

/** Permits an action. If any action of a statement is denied, `prepare` throws. */
export type Authorizer = (action: SqlAction) => boolean;

export type SqlCell = bigint | number | string | Buffer | null;

/** A value of a result. Text is the bytes of its UTF-8, which can be malformed. */
export type SqlResultValue =
  | { readonly type: 'integer'; readonly value: bigint }
  | { readonly type: 'float'; readonly value: number }
  | { readonly type: 'text' | 'blob'; readonly value: Buffer }
  | { readonly type: 'null' };

/** SQLite rejected a statement, or its execution failed. The message is SQLite's. */
export class SqlError extends Error {}

/** lightningd's limits for untrusted queries (plugins/sql.c). */
const LIMITS: readonly (readonly [name: keyof CAPI & `SQLITE_LIMIT_${string}`, limit: number])[] = [
  ['SQLITE_LIMIT_LENGTH', 1_000_000],
  ['SQLITE_LIMIT_SQL_LENGTH', 10_000],
  ['SQLITE_LIMIT_COLUMN', 100],
  ['SQLITE_LIMIT_EXPR_DEPTH', 100],
  ['SQLITE_LIMIT_COMPOUND_SELECT', 10],
  ['SQLITE_LIMIT_VDBE_OP', 1000],
  ['SQLITE_LIMIT_ATTACHED', 1],
  ['SQLITE_LIMIT_LIKE_PATTERN_LENGTH', 500],
  ['SQLITE_LIMIT_VARIABLE_NUMBER', 100],
  ['SQLITE_LIMIT_TRIGGER_DEPTH', 1],
];

/** The memory of SQLite, which WebAssembly never returns to the system. */
const MEMORY_BYTES = 64 * 1024 * 1024;

/** Instructions between two checks of the deadline. One instruction can take a second, such as `LIKE` on a long text. */
const INSTRUCTIONS = 20;

/** One statement, whose parameters are bound by position. The owner finalizes it. */
export interface SqlStatement {
  readonly columns: number;
  /** False only for `VACUUM`: SQLite does not ask the authorizer about it before it runs. */
  readonly isReadOnly: boolean;
  bind(cells: readonly SqlCell[]): void;
  /** Returns true for a row, and false at the end. */
  step(): boolean;
  read(column: number): SqlResultValue;
  reset(): void;
  finalize(): void;
}

/**
 * A database in memory: SQLite compiled to WebAssembly. Unlike the library of the node's own database it has SQLite's
 * authorizer and progress handler, and survives text that is not UTF-8.
 */
export class Sqlite {
  readonly #capi: CAPI;
  readonly #wasm: Sqlite3Static['wasm'];
  readonly #connection: WasmPointer;
  /** Where functions of C store a pointer. */
  readonly #result: WasmPointer;
  #authorizer: Authorizer | undefined;
  #deadline = Infinity;

  private constructor({ capi, wasm }: Sqlite3Static) {
    this.#capi = capi;
    this.#wasm = wasm;
    this.#result = wasm.alloc(8);
    const { SQLITE_OPEN_READWRITE, SQLITE_OPEN_CREATE, SQLITE_OPEN_MEMORY } = capi;
    const flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_MEMORY;
    this.#check(capi.sqlite3_open_v2('', this.#result, flags, 0));
    this.#connection = wasm.peekPtr(this.#result);
    this.#protect();
  }

  /** Loads SQLite, which takes 0.1 s and 8 MB, and opens a database. */
  static async open(): Promise<Sqlite> {
    const { default: load } = await import('@sqlite.org/sqlite-wasm');
    // The library logs to the console.
    const silent = (): void => undefined;
    return new Sqlite(await load({ print: silent, printErr: silent }));
  }

  /** The error message of the last failed call. */
  get message(): string {
    return this.#capi.sqlite3_errmsg(this.#connection);
  }

  /** Runs a statement that returns no rows. */
  execute(sql: string): void {
    const statement = this.prepare(sql);
    try {
      statement.step();
    } finally {
      statement.finalize();
    }
  }

  /** Prepares the first statement of the text. @throws SqlError if SQLite or the authorizer rejects it */
  prepare(sql: string, authorizer?: Authorizer): SqlStatement {
    const text = this.#wasm.allocCString(sql, false);
    this.#authorizer = authorizer;
    try {
      this.#check(this.#capi.sqlite3_prepare_v2(this.#connection, text, -1, this.#result, 0));
    } finally {
      this.#authorizer = undefined;
      this.#wasm.dealloc(text);
    }
    return this.#statement(this.#wasm.peekPtr(this.#result));
  }

  /** Runs work that ends with an SqlError (`interrupted`) if it takes longer. */
  within<T>(milliseconds: number, work: () => T): T {
    this.#deadline = performance.now() + milliseconds;
    try {
      return work();
    } finally {
      this.#deadline = Infinity;
    }
  }

  #protect(): void {
    const { sqlite3_limit, SQLITE_OK, SQLITE_DENY, ...capi } = this.#capi;
    for (const [name, limit] of LIMITS) sqlite3_limit(this.#connection, capi[name], limit);
    this.execute(`PRAGMA hard_heap_limit = ${MEMORY_BYTES}`);
    this.execute('PRAGMA foreign_keys = ON');
    capi.sqlite3_set_authorizer(
      this.#connection,
      (_, code, ...names) => {
        const action = { code, names: names.map((name) => (name === 0 ? undefined : name)) };
        return this.#authorizer?.(action) === false ? SQLITE_DENY : SQLITE_OK;
      },
      0,
    );
    const isLate = (): number => (performance.now() > this.#deadline ? 1 : 0);
    capi.sqlite3_progress_handler(this.#connection, INSTRUCTIONS, isLate, 0);
  }

  #statement(pointer: WasmPointer): SqlStatement {
    const capi = this.#capi;
    return {
      // A text without a statement has no pointer. SQLite reports that as `not an error`, if it is executed.
      isReadOnly: capi.sqlite3_stmt_readonly(pointer) !== 0,
      columns: pointer === 0 ? 0 : capi.sqlite3_column_count(pointer),
      bind: (cells) => {
        for (const [index, cell] of cells.entries()) {
          this.#check(this.#bind(pointer, index + 1, cell));
        }
      },
      step: () => {
        const code = capi.sqlite3_step(pointer);
        if (code !== capi.SQLITE_ROW && code !== capi.SQLITE_DONE) throw new SqlError(this.message);
        return code === capi.SQLITE_ROW;
      },
      read: (column) => this.#read(pointer, column),
      reset: () => void capi.sqlite3_reset(pointer),
      finalize: () => void capi.sqlite3_finalize(pointer),
    };
  }

  #read(statement: WasmPointer, column: number): SqlResultValue {
    const capi = this.#capi;
    switch (capi.sqlite3_column_type(statement, column)) {
      case capi.SQLITE_INTEGER:
        return { type: 'integer', value: capi.sqlite3_column_int64(statement, column) };
      case capi.SQLITE_FLOAT:
        return { type: 'float', value: capi.sqlite3_column_double(statement, column) };
      case capi.SQLITE_TEXT:
        return { type: 'text', value: this.#bytes(statement, column) };
      case capi.SQLITE_BLOB:
        return { type: 'blob', value: this.#bytes(statement, column) };
      default:
        return { type: 'null' };
    }
  }

  #bytes(statement: WasmPointer, column: number): Buffer {
    const start = this.#capi.sqlite3_column_blob(statement, column);
    const length = this.#capi.sqlite3_column_bytes(statement, column);
    // A copy: the memory changes with the next step, and moves when it grows.
    return Buffer.from(this.#wasm.heap8u().slice(start, start + length));
  }

  #bind(statement: WasmPointer, index: number, cell: SqlCell): number {
    const capi = this.#capi;
    if (cell === null) {
      // The library returns undefined instead of a code.
      capi.sqlite3_bind_null(statement, index);
      return capi.SQLITE_OK;
    }
    if (typeof cell === 'bigint') return capi.sqlite3_bind_int64(statement, index, cell);
    if (typeof cell === 'number') return capi.sqlite3_bind_double(statement, index, cell);
    // The library's own conversions of texts and blobs fail: `pMem is not defined`.
    const bytes = Buffer.from(cell);
    const copy = this.#wasm.alloc(bytes.length + 1);
    try {
      this.#wasm.heap8u().set(bytes, copy);
      const bind = typeof cell === 'string' ? capi.sqlite3_bind_text : capi.sqlite3_bind_blob;
      return bind(statement, index, copy, bytes.length, capi.SQLITE_TRANSIENT);
    } finally {
      this.#wasm.dealloc(copy);
    }
  }

  #check(code: number): void {
    if (code !== this.#capi.SQLITE_OK) throw new SqlError(this.message);
  }
}
