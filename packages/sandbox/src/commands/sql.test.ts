import { expect, test } from 'vitest';
import { SocketClient } from '../testing/socket-client.ts';
import { temporarySandbox } from '../testing/temporary-sandbox.ts';
import { WorldClient } from '../testing/world-client.ts';
import { SQL_TABLES } from '../sql/tables.ts';

async function rows(client: WorldClient, query: string): Promise<unknown[][]> {
  return (await client.call<{ rows: unknown[][] }>('sql', [query])).rows;
}

test('the tables have the entries of the lists', async () => {
  const client = await WorldClient.start();
  const opened = await client.call<Record<string, string>>('dev-open-channel');
  await client.call('pay', [await client.peerInvoice('1000')]);
  await client.call('invoice', ['any', 'label', 'd']);
  await client.call('dev-forward', ['3000']);
  expect(
    await rows(
      client,
      `select i.label, i.amount_msat, p.peer_id, p.local_fee_base_msat, n.names ${[
        'from invoices i, peerchannels p',
        'join peerchannels_channel_type_names n on n.row = p.rowid and n.arrindex = 0',
        'where p.peer_connected and p.short_channel_id =',
      ].join(' ')} '${opened['short_channel_id']}'`,
    ),
  ).toEqual([['label', null, opened['peer_id'], 1, 'static_remotekey/even']]);
  const [[hash] = []] = await rows(client, 'select payment_hash from sendpays');
  const ofPayment = `where payment_hash = x'${String(hash)}'`;
  expect(await rows(client, `select id, direction from htlcs ${ofPayment}`)).toEqual([[0, 'out']]);
  expect(
    await rows(client, `select account_id, debit_msat, part_id from channelmoves ${ofPayment}`),
  ).toEqual([[opened['channel_id'], 1000, 1]]);
  expect(
    await rows(client, 'select primary_tag, extra_tags from chainmoves, chainmoves_extra_tags'),
  ).toContainEqual(['channel_open', 'opener']);
  const [[received] = []] = await rows(
    client,
    "select received_time from forwards where status = 'settled'",
  );
  expect(received).toBeGreaterThan(1_700_000_000);
  for (const { name } of SQL_TABLES) {
    const [[count] = []] = await rows(client, `SELECT COUNT(*) FROM ${name}`);
    expect(count, name).toEqual(expect.any(Number));
  }
});

test('rows, also of inner arrays, have new numbers in each query, and created_index is kept', async () => {
  const client = await WorldClient.start();
  await client.call('dev-connect');
  await client.call('invoice', [1, 'label', 'd']);
  expect(await rows(client, 'select rowid from peers')).toEqual([[1]]);
  expect(await rows(client, 'select rowid from peers')).toEqual([[3]]);
  expect(await rows(client, 'select created_index from invoices')).toEqual([[1]]);
  expect(await rows(client, 'select created_index from invoices')).toEqual([[1]]);
});

test('queries at the same time, with payments between them, see whole lists', async () => {
  const { rpcPath } = await temporarySandbox();
  const connected = async () => new WorldClient(await SocketClient.connect(rpcPath));
  const client = await connected();
  await client.call('dev-open-channel');
  const counts = Array.from({ length: 5 }, async () => {
    const each = await connected();
    await each.call('pay', [await each.peerInvoice('1000')]);
    return rows(
      each,
      'select (select count(*) from sendpays), count(*) from channelmoves where part_id',
    );
  });
  for (const [[payments, moves] = []] of await Promise.all(counts)) expect(payments).toBe(moves);
  expect(await rows(client, 'select count(*) from channelmoves where part_id')).toEqual([[5]]);
});

const FAILURES: readonly (readonly [query: string, message: string])[] = [
  ['', 'Executing statement: not an error'],
  [' /* a */ -- b', 'Executing statement: not an error'],
  ['selec', 'query failed with near "selec": syntax error'],
  ['select * from nope', 'query failed with no such table: nope'],
  ['select nofield from peers', 'query failed with no such column: nofield'],
  ['select "a"', String.raw`query failed with unrecognized token: "\"`],
  [
    'select sum(9223372036854775807) from (select 1 union all select 1)',
    'Executing statement: integer overflow',
  ],
  [
    'select id from peers order by random()',
    'query failed with not authorized to use function: random (Unauthorized: 31 arg1=(none) arg2=random dbname=(none) caller=(none))',
  ],
  ['select count(*) from PEERS', 'query failed with not authorized (Unknown table PEERS)'],
  [
    'with c as (select 1) delete from peers',
    'query failed with not authorized (Unauthorized: 9 arg1=peers arg2=(none) dbname=main caller=(none))',
  ],
];

const REFUSED: readonly string[] = [
  'with recursive c(x) as (select 1 union all select x + 1 from c) select count(*) from c',
  'PRAGMA hard_heap_limit = 1',
  "/* */;attach database '/tmp/nosuch/x' as y",
  'select * from sqlite_master',
  "select * from pragma_table_info('peers')",
  "select * from json_each('[1]')",
  "select load_extension('x')",
  "select 1 where 1 in (select readfile('/etc/passwd'))",
];

test('other queries are refused as in lightningd, and change nothing', async () => {
  const client = await WorldClient.start();
  for (const [query, message] of FAILURES) {
    expect(await client.refused('sql', [query]), query).toEqual({ code: -1, message });
  }
  const message = expect.stringMatching(
    /^query failed with (?:not authorized|access|no such)/,
  ) as string;
  for (const query of REFUSED) {
    expect(await client.refused('sql', [query]), query).toEqual({ code: -1, message });
  }
  expect(await rows(client, 'select count(*) from peers; delete from peers')).toEqual([[0]]);
});

test('listsqlschemas lists the tables', async () => {
  const client = await WorldClient.start();
  const { schemas } = await client.call<{ schemas: { tablename: string }[] }>('listsqlschemas');
  expect(schemas.map(({ tablename }) => tablename)).toEqual(SQL_TABLES.map(({ name }) => name));
  expect(await client.call('listsqlschemas', ['peers_netaddr'])).toEqual({
    schemas: [
      {
        tablename: 'peers_netaddr',
        columns: [
          { name: 'rowid', type: 'INTEGER' },
          { name: 'row', type: 'INTEGER' },
          { name: 'arrindex', type: 'INTEGER' },
          { name: 'netaddr', type: 'TEXT' },
        ],
      },
    ],
  });
  expect(await client.refused('listsqlschemas', ['nope'])).toEqual({
    code: -32602,
    message: `table: Unknown table: invalid token '"nope"'`,
  });
});
