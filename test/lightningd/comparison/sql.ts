import { exchangeText } from './exchange.ts';
import { EXACT_QUERIES, SHAPED_QUERIES } from './sql-queries.ts';

/** The replies of both nodes to a query, if they differ. */
export interface SqlDifference {
  readonly query: string;
  readonly ours: string;
  readonly lightningd: string;
}

/** Why the replies to some queries differ: SQLite is another version, with other options. */
export const EXPECTED_SQL_DIFFERENCES: readonly RegExp[] = [
  // Functions and tables that only one of the two has.
  /timediff|load_extension|fts3_tokenizer|sqlite_dbpage/,
  // Virtual tables without a declaration: the older version asks the authorizer when it creates them.
  /from (?:pragma_|dbstat|sqlite_stmt|json_)/,
  // The order in which tables are visited, and estimates in plans.
  /^(?:reindex|analyze)$|^explain query plan select \* from peers$/,
  // The older parser has a stack of 100 entries.
  /^select \({300}/,
];

/** Sends the queries to nodes with a channel and payments in both directions. */
export async function compareSql(sandboxPath: string, realPath: string): Promise<SqlDifference[]> {
  const differences: SqlDifference[] = [];
  const compare = async (query: string, form: (reply: string) => string): Promise<void> => {
    const params = JSON.stringify({ query });
    const [ours, lightningd] = await Promise.all(
      [sandboxPath, realPath].map(async (path) => form(await exchangeText(path, 'sql', params))),
    );
    if (ours === undefined || lightningd === undefined || ours === lightningd) return;
    differences.push({ query, ours, lightningd });
  };
  for (const query of EXACT_QUERIES) await compare(query, withoutSpace);
  for (const query of SHAPED_QUERIES) await compare(query, shapeOf);
  return differences;
}

/** The tables of a node with their columns and indices. */
export async function schemasOf(socketPath: string): Promise<unknown[]> {
  const text = await exchangeText(socketPath, 'listsqlschemas', '{}');
  const { result } = JSON.parse(text) as { result: { schemas: { tablename: string }[] } };
  return result.schemas;
}

/** A JSON text without spaces between its tokens. Numbers keep their digits. */
function withoutSpace(text: string): string {
  return text.replaceAll(/("(?:[^"\\]|\\.)*")|\s+/g, '$1');
}

/** The types of the values in each row. Errors stay as they are. */
function shapeOf(text: string): string {
  const { result } = JSON.parse(text) as { result?: { rows: unknown[][] } };
  if (result === undefined) return withoutSpace(text);
  return JSON.stringify(result.rows.map((row) => row.map((cell) => typeof cell)));
}
