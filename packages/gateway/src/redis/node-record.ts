import { createHash } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { RpcError, type RpcPipeline } from '@clnrest/lightningd';
import { DATABASE_FILE, type NodeFiles, SOCKET_FILE } from './node-files.ts';

/** A node whose state is recorded. */
export interface RecordedNode {
  readonly lightningDir: string;
  readonly socketPath: string;
  readonly connection: Pick<RpcPipeline, 'call'>;
  readonly timeoutMs: number;
}

const INVALID_PARAMETERS = -32602;

/**
 * Describes what a node has done until now. If the descriptions at the end of a plugin and at its next start are equal, the node
 * has not run without the plugin, and commands have caused no notification that the plugin did not get. Empty if this cannot
 * be known. Never rejects.
 *
 * The files must be read before the call: at the end of the plugin, the node then replies after it has sent the notifications of
 * all transactions that the files contain.
 */
export async function recordNode(files: NodeFiles, node: RecordedNode): Promise<string> {
  try {
    const run = await runOf(files, node);
    return run === undefined ? '' : `${run} ${await stateOf(node)}`;
  } catch {
    return '';
  }
}

/** What changes with each run of the node; undefined if none of the files shows it. */
async function runOf(files: NodeFiles, node: RecordedNode): Promise<string | undefined> {
  const { directory, database, socket } = files;
  const isOwnDirectory = await isSame(directory, node.lightningDir);
  const usesDatabase = await usesDefaultDatabase(directory, node);
  if (!isOwnDirectory) return undefined;
  if (usesDatabase && database !== undefined) return `database ${database}`;
  // lightningd with another database, or the sandbox.
  const usesSocket = resolve(node.lightningDir, SOCKET_FILE) === node.socketPath;
  return usesSocket && socket !== undefined ? `socket ${socket}` : undefined;
}

/** Whether the node uses the SQLite database in its directory, with or without a backup (`sqlite3://PATH[:BACKUP]`). */
async function usesDefaultDatabase(
  directory: string,
  { connection, timeoutMs }: RecordedNode,
): Promise<boolean> {
  const { configs } = await connection.call<{
    configs?: { wallet?: { value_str?: string } };
  }>('listconfigs', { config: 'wallet' }, { timeoutMs });
  const value = configs?.wallet?.value_str;
  if (value === undefined) return true;
  const path = /^sqlite3:\/\/([^:]*)/.exec(value)?.[1];
  return path !== undefined && isSame(resolve(directory, path), join(directory, DATABASE_FILE));
}

async function isSame(path: string, other: string): Promise<boolean> {
  return (await realpath(path)) === (await realpath(other));
}

/** The indexes of the objects that commands create or change while no peer is connected. */
const INDEXES = [
  ['invoices', 'created'],
  ['sendpays', 'created'],
  ['sendpays', 'updated'],
  ['chainmoves', 'created'],
] as const;

/** What changes with the notifications that commands cause. */
async function stateOf({ connection, timeoutMs }: RecordedNode): Promise<string> {
  const indexes = INDEXES.map(async ([subsystem, indexname]) => {
    const params = { subsystem, indexname, nextvalue: 0 };
    try {
      const reply = await connection.call<IndexReply>('wait', params, { timeoutMs });
      return reply[indexname];
    } catch (error) {
      // Before v23.11, `wait` does not know sendpays, and before v25.09 not chainmoves.
      if (error instanceof RpcError && error.code === INVALID_PARAMETERS) return 'none';
      throw error;
    }
  });
  const filter = { channels: [{ peer_id: true, channel_id: true, state: true }] } as const;
  const list = connection.call('listpeerchannels', {}, { timeoutMs, filter });
  const [{ channels }, ...values] = await Promise.all([list, ...indexes]);
  const states = channels.map(
    ({ peer_id, channel_id, state }) =>
      `${peer_id} ${channel_id} ${state === ONCHAIN ? FUNDING_SPEND_SEEN : state}`,
  );
  const digest = createHash('sha256').update(states.toSorted().join('\n')).digest('hex');
  return [...values, digest].join(' ');
}

/** At each start, lightningd sets a channel with the first of these states to the second one, and back. */
const ONCHAIN = 'ONCHAIN';
const FUNDING_SPEND_SEEN = 'FUNDING_SPEND_SEEN';

type IndexReply = Readonly<Record<string, unknown>>;
