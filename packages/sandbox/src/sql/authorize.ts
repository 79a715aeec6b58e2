import type { SqlAction } from './sqlite.ts';
import { SQL_TABLES, type SqlTable } from './tables.ts';

/** SQLite's codes of actions (https://www.sqlite.org/c3ref/c_alter_table.html). */
const READ = 20;
const SELECT = 21;
const FUNCTION = 31;

/** The functions that lightningd's plugin sql permits. */
const FUNCTIONS: ReadonlySet<string | undefined> = new Set(
  `abs avg coalesce count hex quote length like lower upper min max sum total date datetime julianday strftime time
  timediff unixepoch json_object json_group_array`.split(/\s+/),
);

/** Decides what a query may do, as lightningd's plugin sql does, and learns which lists it reads. */
export class QueryAuthorizer {
  /** The tables over lists that the query reads, in the order of their first use. */
  readonly lists = new Set<SqlTable>();
  /** Why the query is denied, as lightningd reports it after SQLite's message. */
  reason: string | undefined;

  permits({ code, names }: SqlAction): boolean {
    const [table, name] = names;
    if (code === SELECT) return true;
    if (code === READ) return this.#permitsRead(table ?? '');
    if (code === FUNCTION && FUNCTIONS.has(name)) return true;
    const [arg1, arg2, database, caller] = names.map((each) => each ?? '(none)');
    this.reason = `Unauthorized: ${code} arg1=${arg1} arg2=${arg2} dbname=${database} caller=${caller}`;
    return false;
  }

  #permitsRead(name: string): boolean {
    const list = listOf(name);
    if (list === undefined) {
      this.reason = `Unknown table ${name}`;
      return false;
    }
    this.lists.add(list);
    return true;
  }
}

/** The table over the list that fills a table. A table of inner arrays is filled with the table above it. */
function listOf(name: string): SqlTable | undefined {
  if (!SQL_TABLES.some((table) => table.name === name)) return undefined;
  return SQL_TABLES.find(
    (table) =>
      table.source !== undefined && (table.name === name || name.startsWith(`${table.name}_`)),
  );
}
