import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { RpcClient } from '@clnrest/lightningd';
import { temporaryDirectory } from '@clnrest/testing';
import { FakeNode } from '@clnrest/testing/fake-node';
import { expect, onTestFinished, test } from 'vitest';
import { type NodeFiles, readNodeFiles } from './node-files.ts';
import { recordNode, type RecordedNode } from './node-record.ts';
import { writeDatabase } from '../testing/node-database.ts';

interface NodeState {
  /** The option `wallet`. */
  readonly wallet?: string;
  /** Indexes by subsystem and name; the node does not know others. */
  readonly indexes: Readonly<Record<string, number>>;
  readonly channels: readonly (readonly [peer: string, state: string])[];
}

const INDEXES = {
  'invoices created': 3,
  'sendpays created': 2,
  'sendpays updated': 1,
  'chainmoves created': 9,
};
const STATE: NodeState = {
  indexes: INDEXES,
  channels: [
    ['02', 'CHANNELD_NORMAL'],
    ['03', 'ONCHAIN'],
  ],
};

/** A node that can be recorded. Its state can be replaced. */
async function start(initial: Partial<NodeState> = {}) {
  const node = await FakeNode.start();
  let state: NodeState = { ...STATE, ...initial };
  node.on('listconfigs', (call) => {
    const { wallet } = state;
    call.result(
      JSON.stringify({ configs: wallet === undefined ? {} : { wallet: { value_str: wallet } } }),
    );
  });
  node.on('listpeerchannels', (call) => {
    const channels = state.channels.map(([peer_id, each]) => ({
      peer_id,
      channel_id: 'cc',
      state: each,
    }));
    call.result(JSON.stringify({ channels }));
  });
  node.on('wait', (call) => {
    const { subsystem, indexname } = JSON.parse(call.params) as Record<string, string>;
    const value = state.indexes[`${subsystem} ${indexname}`];
    if (value === undefined) call.error(-32602, 'subsystem: unknown subsystem');
    else call.result(JSON.stringify({ subsystem, [`${indexname}`]: value }));
  });
  const client = new RpcClient({ socketPath: node.socketPath });
  onTestFinished(() => client.close());
  const recorded: RecordedNode = {
    lightningDir: node.directory,
    socketPath: node.socketPath,
    connection: client.pipeline(),
    timeoutMs: 1_000,
  };
  return {
    node,
    files: (): NodeFiles => readNodeFiles(node.directory),
    change: (more: Partial<NodeState>): void => void (state = { ...state, ...more }),
    record: (files = readNodeFiles(node.directory), more: Partial<RecordedNode> = {}) =>
      recordNode(files, { ...recorded, ...more }),
  };
}

test('a record changes with the database and with what commands do, and with nothing else', async () => {
  const { node, files, record, change } = await start();
  writeDatabase(node.directory, 1_000_000);
  const first = await record();
  expect(first).toMatch(/^database 1000000 3 2 1 9 [0-9a-f]{64}$/);
  const [one, other] = STATE.channels;
  // lightningd can list the same channels in another order.
  change({ channels: [other ?? ['', ''], one ?? ['', '']] });
  expect(await record({ ...files(), socket: 'other' })).toBe(first);
  change({ channels: [one ?? ['', ''], ['03', 'FUNDING_SPEND_SEEN']] });
  expect(await record()).toBe(first);
  const seen = new Set([first]);
  for (const name of Object.keys(INDEXES)) {
    change({ indexes: { ...INDEXES, [name]: 10 } });
    seen.add(await record());
  }
  change({ ...STATE, channels: [['02', 'CHANNELD_SHUTTING_DOWN']] });
  seen.add(await record());
  change(STATE);
  writeDatabase(node.directory, 1_000_001);
  seen.add(await record());
  expect(seen.size).toBe(Object.keys(INDEXES).length + 3);
});

test('a node without the default database is recorded by its socket', async () => {
  const { node, record, files, change } = await start();
  const { socket } = files();
  expect(await record()).toMatch(new RegExp(`^socket ${socket} 3 2 1 9 `));
  // A database that is not in use shows no run.
  writeDatabase(node.directory, 5);
  for (const wallet of [
    'postgres://user@host/lightning',
    'sqlite3:///elsewhere/lightningd.sqlite3',
  ]) {
    change({ wallet });
    expect(await record()).toMatch(wallet.startsWith('postgres') ? /^socket / : /^$/);
  }
  change({ wallet: 'postgres://user@host/lightning' });
  expect(await record({ ...files(), socket: undefined })).toBe('');
  const other = { socketPath: join(node.directory, 'other-rpc') };
  expect(await record(undefined, other)).toBe('');
});

test('the default database can be named, with a backup, and by a link', async () => {
  const { node, record, change } = await start();
  writeDatabase(node.directory, 5);
  const link = join(temporaryDirectory(), 'link');
  symlinkSync(node.directory, link);
  for (const path of [
    join(node.directory, 'lightningd.sqlite3'),
    'lightningd.sqlite3:/backup/lightningd.sqlite3',
    `${link}/lightningd.sqlite3:/backup/lightningd.sqlite3`,
  ]) {
    change({ wallet: `sqlite3://${path}` });
    expect(await record(undefined, { lightningDir: link })).toMatch(/^database 5 /);
  }
});

test('an index that the version of the node does not have is no obstacle', async () => {
  const { node, record } = await start({ indexes: { 'invoices created': 3 } });
  writeDatabase(node.directory, 5);
  expect(await record()).toMatch(/^database 5 3 none none none /);
});

test('nothing is known of a node in another directory, and of one that does not reply', async () => {
  const { node, record } = await start();
  writeDatabase(node.directory, 5);
  const other = join(temporaryDirectory(), 'other');
  mkdirSync(other);
  expect(await record(undefined, { lightningDir: other })).toBe('');
  node.on('wait', (call) => call.error(-32601, "Unknown command 'wait'"));
  expect(await record()).toBe('');
  node.on('wait', () => undefined);
  expect(await record(undefined, { timeoutMs: 20 })).toBe('');
  await node.stop();
  expect(await record()).toBe('');
});
