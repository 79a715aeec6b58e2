import type { CommandResult, JsonOutput } from '../json/output.ts';
import { QueryAuthorizer } from './authorize.ts';
import { execute, QueryFailedError } from './query.ts';
import { ListTables } from './list-tables.ts';
import { Sqlite, SqlError, type SqlStatement } from './sqlite.ts';
import type { SqlTable } from './tables.ts';

interface Engine {
  readonly sqlite: Sqlite;
  readonly tables: ListTables;
}

/** Answers queries over the lists of the node. SQLite is loaded with the first query. */
export class SqlQueries {
  #engine: Promise<Engine> | undefined;

  /**
   * Runs a query. The lists that it reads are read again for each query.
   *
   * @param entriesOf - the entries of the list that a table is over
   * @throws QueryFailedError if the query is invalid or not permitted, or fails before it returns a row
   */
  async run(
    query: string,
    entriesOf: (table: SqlTable) => Promise<Iterable<JsonOutput>>,
  ): Promise<CommandResult> {
    const engine = await (this.#engine ??= open());
    try {
      return await runIn(engine, query, entriesOf);
    } catch (error) {
      // After a trap of WebAssembly, the memory of SQLite can be in any state.
      if (!(error instanceof QueryFailedError)) this.#engine = undefined;
      throw error;
    }
  }
}

async function open(): Promise<Engine> {
  const sqlite = await Sqlite.open();
  return { sqlite, tables: new ListTables(sqlite) };
}

async function runIn(
  { sqlite, tables }: Engine,
  query: string,
  entriesOf: (table: SqlTable) => Promise<Iterable<JsonOutput>>,
): Promise<CommandResult> {
  const { statement, lists } = prepare(sqlite, query);
  try {
    for (const table of lists) tables.refresh(table, await entriesOf(table));
    return execute(sqlite, statement);
  } finally {
    statement.finalize();
  }
}

function prepare(
  sqlite: Sqlite,
  query: string,
): { statement: SqlStatement; lists: ReadonlySet<SqlTable> } {
  const authorizer = new QueryAuthorizer();
  try {
    const statement = sqlite.prepare(query, (action) => authorizer.permits(action));
    return { statement, lists: authorizer.lists };
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    const reason = authorizer.reason === undefined ? '' : ` (${authorizer.reason})`;
    throw new QueryFailedError(`query failed with ${error.message}${reason}`);
  }
}
