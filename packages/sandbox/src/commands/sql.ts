import { parseToken } from '@clnrest/json/tokens';
import { paramsToken, required } from '@clnrest/lightningd/parameters';
import type { JsonOutput } from '../json/output.ts';
import type { Node } from '../node.ts';
import { jsonText } from '../params/bookkeeping.ts';
import { QueryFailedError } from '../sql/query.ts';
import type { SqlTable } from '../sql/tables.ts';
import { type CommandCall, defineCommand, ForwardedReply } from './command.ts';
import { CommandError, ErrorCode } from './errors.ts';

export const sql = defineCommand({
  name: 'sql',
  parameters: { query: required(jsonText) },
  async run({ query }, call: CommandCall<Node>) {
    try {
      return await call.node.sql.run(query, (table) => listed(table, call));
    } catch (error) {
      if (!(error instanceof QueryFailedError)) throw error;
      throw new CommandError(ErrorCode.general, error.message);
    }
  },
});

/** The entries of the list that a table is over. */
async function listed(
  { source }: SqlTable,
  call: CommandCall<Node>,
): Promise<Iterable<JsonOutput>> {
  const command = source && call.node.commands.find(source.command);
  if (command === undefined) return [];
  const result = await command.run(call, paramsToken(parseToken('{}')));
  if (result instanceof ForwardedReply) return [];
  return (result[source?.member ?? ''] ?? []) as Iterable<JsonOutput>;
}
