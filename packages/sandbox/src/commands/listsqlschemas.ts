import { invalidToken, optional, type Parser } from '@clnrest/lightningd/parameters';
import { SQL_TABLES, type SqlTable } from '../sql/tables.ts';
import { defineCommand } from './command.ts';

const tableName: Parser<SqlTable> = (token, name) => {
  const table = SQL_TABLES.find((each) => each.name === token.text);
  if (table === undefined) throw invalidToken(name, 'Unknown table', token);
  return table;
};

export const listsqlschemas = defineCommand({
  name: 'listsqlschemas',
  parameters: { table: optional(tableName) },
  run: ({ table }) => ({
    schemas: (table === undefined ? SQL_TABLES : [table]).map(({ name, columns, indices }) => ({
      tablename: name,
      columns: columns.map((column) => ({ ...column })),
      indices: indices.length === 0 ? undefined : indices,
    })),
  }),
});
