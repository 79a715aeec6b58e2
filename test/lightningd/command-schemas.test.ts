import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import {
  COMMAND_FACTS,
  type LightningdCommand,
  type CommandResults,
  type HookName,
  type NotificationTopic,
  type Schema,
} from '@clnrest/commands';
import { hookSchemas, notificationSchemas } from '@clnrest/commands/schema-table';
import { encodeJson } from '@clnrest/json';
import { SchemaChecker } from '../support/schema-checker.ts';
import { SchemaReport } from '../support/schema-report.ts';
import {
  missingForNode,
  startBitcoind,
  startLightningdWith,
  type RealBitcoind,
} from '../support/real-node.ts';
import {
  ALL_TOPICS,
  OTHER_HOOKS,
  type RecordingPlugin,
  writeRecordingPlugin,
} from '../support/recording-plugin.ts';
import { differentUsage, knownCommands } from '../support/usage-lines.ts';
import { waitUntil } from '../support/wait-until.ts';

/** Compares what a real node returns and sends with the schemas of `@clnrest/commands`. */
const STARTED = /INFO.* lightningd: Server started with public key/;
const OPTIONS = [
  '--developer',
  '--allow-deprecated-apis=true',
  '--dev-bitcoind-poll=1',
  '--dev-fast-gossip',
  '--exposesecret-passphrase=test',
  '--experimental-splicing',
];

/** If set, the file for one result of each command, which replaces `test/recordings/command_results.jsonl`. */
const RECORDING = process.env['CLNREST_RECORD'];
/** Results with paths of this machine, logs or the secret of the node. */
const NOT_RECORDED = new Set([
  'getlog',
  'listconfigs',
  'setconfig',
  'plugin',
  'exposesecret',
  'bkpr-dumpincomecsv',
]);

/** The generator of secp256k1, which is a valid public key. */
const SOME_NODE = '0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798';

const DUAL_FUND = '--experimental-dual-fund';
const missing = missingForNode();
let directory: string;
let bitcoind: RealBitcoind;
let plugins: readonly RecordingPlugin[];
let alice: SchemaChecker;
let bob: SchemaChecker;
let carol: SchemaChecker;
const results = new SchemaReport();
const stops: (() => Promise<void>)[] = [];

beforeAll(async () => {
  if (missing !== undefined) return;
  directory = await mkdtemp(join(tmpdir(), 'clnrest-schemas-'));
  bitcoind = await startBitcoind();
  const all = await writeRecordingPlugin(directory, 'all', {
    topics: ALL_TOPICS,
    hooks: OTHER_HOOKS,
  });
  const writes = await writeRecordingPlugin(directory, 'writes', {
    topics: [],
    hooks: ['db_write'],
  });
  plugins = [all, writes];
  [alice, bob, carol] = await Promise.all([
    startNode('alice', `--plugin=${all.file}`),
    startNode('bob', DUAL_FUND, `--plugin=${writes.file}`),
    startNode('carol', DUAL_FUND),
  ]);
});

beforeEach((context) => {
  if (missing !== undefined) context.skip(missing);
});

afterAll(async () => {
  await Promise.all(stops.map((stop) => stop()));
  await bitcoind?.stop();
  if (directory !== undefined) await rm(directory, { recursive: true, force: true });
});

async function startNode(name: string, ...options: readonly string[]): Promise<SchemaChecker> {
  const node = await startLightningdWith(bitcoind, join(directory, name), [...OPTIONS, ...options]);
  const checker = new SchemaChecker(node.socketPath, results);
  stops.push(async () => {
    await checker.close();
    await node.stop();
  });
  await node.process.line(STARTED);
  return checker;
}

async function mine(blocks: number): Promise<void> {
  await bitcoind.cli('-generate', String(blocks));
  const height = Number(await bitcoind.cli('getblockcount'));
  await Promise.all([alice, bob, carol].map((node) => node.call('waitblockheight', [height, 60])));
}

test('the parameters have the order that the usage lines of the node show', async () => {
  const { help } = await alice.call('help', {});
  expect(differentUsage(help)).toEqual([]);
  expect(knownCommands(help)).toBeGreaterThan(150);
});

test('node', async () => {
  const { id } = await alice.call('getinfo', {});
  expect(id).toMatch(/^0[23]/);
  await alice.call('check', { command_to_check: 'getinfo' });
  await alice.call('listconfigs', {});
  await alice.call('listconfigs', { config: 'rescan' });
  await alice.call('setconfig', { config: 'min-capacity-sat', val: 500, transient: true });
  await alice.call('setconfig', { config: 'min-capacity-sat', val: 500 });
  for (const level of ['broken', 'unusual', 'info', 'debug', 'io'] as const) {
    await alice.call('getlog', { level });
  }
  await alice.call('plugin', { subcommand: 'list' });
  await alice.call('plugin', ['list']);
  await alice.call('listsqlschemas', {});
  await alice.call('listsqlschemas', { table: 'forwards' });
  await alice.call('sql', { query: 'SELECT nodeid, last_timestamp FROM nodes' });
  await alice.call('autoclean-status', {});
  await alice.call('autoclean-once', { subsystem: 'expiredinvoices', age: 1 });
  await alice.call('batching', { enable: true });
  await alice.call('notifications', { enable: false });
  await alice.call('deprecations', { enable: true });
  await alice.call('staticbackup', {});
  await alice.call('getemergencyrecoverdata', {});
  await alice.call('exposesecret', { passphrase: 'test' });
  await alice.call('listaddresses', {});
});

test('runes, signatures and data', async () => {
  const { rune } = await alice.call('createrune', {});
  await alice.call('createrune', { rune, restrictions: [['method=getinfo', 'method=listpeers']] });
  await alice.call('createrune', { restrictions: 'readonly' });
  await alice.call('checkrune', { rune, method: 'getinfo', params: {} });
  await alice.call('showrunes', {});
  await alice.call('showrunes', { rune });
  await alice.call('decode', { string: rune });
  await alice.call('blacklistrune', { start: 2, end: 3 });
  await alice.call('blacklistrune', { start: 2n, relist: true });
  const { zbase } = await alice.call('signmessage', { message: 'a' });
  const { id } = await alice.call('getinfo', {});
  await alice.call('checkmessage', { message: 'a', zbase, pubkey: id });
  await alice.call('makesecret', { string: 'a' });
  await alice.call('makesecret', { hex: '00ff' });
  await alice.call('datastore', { key: ['a', 'b'], string: 'c' });
  await alice.call('datastore', { key: 'd', hex: '00ff', mode: 'create-or-replace' });
  await alice.call('listdatastore', {});
  await alice.call('listdatastore', { key: 'a' });
  await alice.call('datastoreusage', { key: 'a' });
  await alice.call('deldatastore', { key: ['a', 'b'] });
  await alice.fails('deldatastore', { key: ['a', 'b'] }, 1200);
});

test('the on-chain wallet', async () => {
  const { bech32 = '' } = await alice.call('newaddr', { addresstype: 'bech32' });
  const { p2tr = '' } = await alice.call('newaddr', { addresstype: 'all' });
  for (const address of [bech32, p2tr, p2tr, p2tr])
    await bitcoind.cli('sendtoaddress', address, '1');
  const bobs = await bob.call('newaddr', {});
  for (let sent = 0; sent < 3; sent++) await bitcoind.cli('sendtoaddress', bobs.p2tr ?? '', '1');
  await mine(1);
  await waitUntil(async () =>
    (await alice.call('listfunds', {})).outputs.length >= 4 ? true : undefined,
  );
  await alice.call('signmessagewithkey', { message: 'a', address: bech32 });
  await alice.call('listaddresses', { address: bech32 });
  await alice.call('feerates', { style: 'perkb' });
  await alice.call('feerates', { style: 'perkw' });
  await alice.call('parsefeerate', { feerate: 'slow' });
  const prepared = await alice.call('txprepare', {
    outputs: [{ [p2tr]: 10_000 }],
    feerate: '253perkw',
  });
  await alice.call('listfunds', { spent: true });
  await alice.call('txdiscard', { txid: prepared.txid });
  const sent = await alice.call('txprepare', {
    outputs: [{ [bech32]: '10000sat' }],
    feerate: 1000,
  });
  await alice.call('txsend', { txid: sent.txid });
  await alice.call('withdraw', { destination: bech32, satoshi: 20_000, feerate: 'normal' });
  await alice.call('multiwithdraw', { outputs: [{ [bech32]: 20_000 }, { [p2tr]: 30_000 }] });
  await mine(1);
  const { psbt } = await alice.call('fundpsbt', {
    satoshi: 50_000,
    feerate: '1000perkb',
    startweight: 100,
    excess_as_change: true,
  });
  const { signed_psbt } = await alice.call('signpsbt', { psbt });
  await alice.call('sendpsbt', { psbt: signed_psbt });
  await alice.call('setpsbtversion', { psbt, version: 0 });
  await mine(1);
  const [output] = (await alice.call('listfunds', {})).outputs;
  const own = await alice.call('utxopsbt', {
    satoshi: 1000,
    feerate: 'slow',
    startweight: 100,
    utxos: [`${output?.txid}:${output?.output}`],
    reserve: 0,
    reservedok: true,
  });
  await alice.call('reserveinputs', { psbt: own.psbt });
  await alice.call('unreserveinputs', { psbt: own.psbt });
  await alice.call('addpsbtoutput', { satoshi: 5000, initialpsbt: own.psbt });
  await alice.call('upgradewallet', {});
  await alice.call('listtransactions', {});
});

test('peers and channels', async () => {
  const { id } = await bob.call('getinfo', {});
  const port = await portOf(bob);
  await alice.call('connect', { id, host: '127.0.0.1', port });
  await alice.call('ping', { id });
  await alice.call('sendcustommsg', { node_id: id, msg: '8001aabb' });
  await alice.call('listpeers', {});
  await alice.call('listpeers', { id, level: 'debug' });
  const start = await alice.call('fundchannel_start', { id, amount: 100_000 });
  expect(start.funding_address).toMatch(/^bcrt1/);
  await alice.call('fundchannel_cancel', { id });
  await alice.call('connect', { id, host: '127.0.0.1', port });
  await alice.call('fundchannel', { id, amount: 1_000_000, push_msat: '300000sat', mindepth: 1 });
  await mine(6);
  await usableChannels(alice, 1);
  await alice.call('listfunds', {});
  await alice.call('listpeerchannels', { id });
  await bob.call('listpeerchannels', {});
  await alice.call('setchannel', { id, feebase: 10, feeppm: 20, htlcmin: 1 });
  await alice.call('listnetworkevents', {});
  await waitUntil(async () =>
    (await alice.call('listchannels', {})).channels.length > 0 ? true : undefined,
  );
  await waitUntil(async () =>
    (await alice.call('listnodes', {})).nodes.some(({ alias }) => alias !== undefined)
      ? true
      : undefined,
  );
  await alice.call('staticbackup', {});
});

async function portOf(node: SchemaChecker): Promise<number> {
  const { binding = [] } = await node.call('getinfo', {});
  const [first] = binding;
  if (first === undefined || first.port === undefined) throw new Error('the node does not listen');
  return first.port;
}

/** Waits until channels are usable and announced: until then, the announcement disturbs splices. */
async function usableChannels(node: SchemaChecker, count: number): Promise<void> {
  let seen: readonly string[] = [];
  try {
    await waitUntil(async () => {
      const { channels } = await node.call('listpeerchannels', {});
      seen = channels.map(({ state, status }) => `${state} ${status?.join()}`);
      const usable = channels.filter(
        (channel) => channel.state === 'CHANNELD_NORMAL' && channel.updates?.remote !== undefined,
      );
      const announced = await Promise.all(
        usable.map(({ short_channel_id = '' }) => isAnnounced(node, short_channel_id)),
      );
      return announced.filter(Boolean).length >= count ? true : undefined;
    });
  } catch (cause) {
    throw new Error(`no ${count} usable channels: ${seen.join('; ')}`, { cause });
  }
}

async function isAnnounced(node: SchemaChecker, short_channel_id: string): Promise<boolean> {
  const { channels } = await node.call('listchannels', { short_channel_id });
  return channels.length === 2;
}

test('invoices and payments', async () => {
  const { id } = await bob.call('getinfo', {});
  const first = await bob.call('invoice', { amount_msat: '1000sat', label: 'a', description: 'd' });
  await alice.call('decode', { string: first.bolt11 });
  await alice.call('preapproveinvoice', { bolt11: first.bolt11 });
  const paid = alice.call('xpay', { invstring: first.bolt11, retry_for: 30 });
  await bob.call('waitanyinvoice', { lastpay_index: 0, timeout: 60 });
  await paid;
  await bob.call('waitinvoice', { label: 'a' });
  const any = await bob.call('invoice', ['any', 'b', 'd', 3600, null, null, true]);
  await alice.call('sendamount', { invstring: any.bolt11, amount_msat: 5000 });
  const older = await bob.call('invoice', {
    amount_msat: 7000n,
    label: 'c',
    description: 'd',
    cltv: 10,
  });
  await alice.call('pay', { bolt11: older.bolt11, maxfeepercent: 1 });
  const rene = await bob.call('invoice', { amount_msat: 7001, label: 'rene', description: 'd' });
  await alice.call('renepay', { invstring: rene.bolt11 });
  await alice.call('renepaystatus', {});
  await alice.call('keysend', { destination: id, amount_msat: 1001 });
  await alice.call('xkeysend', { destination: id, amount_msat: 1002 });
  await payByRoute(id);
  await bob.call('invoice', { amount_msat: 10, label: 'unpaid', description: 'd' });
  await bob.call('invoice', { amount_msat: 10, label: 'expired', description: 'd', expiry: 1 });
  await bob.fails('waitinvoice', { label: 'expired' }, 903);
  await bob.fails('waitanyinvoice', { lastpay_index: 1000, timeout: 1 }, 904);
  await bob.call('listinvoices', {});
  await bob.call('listinvoices', { index: 'created', start: 2, limit: 2 });
  await bob.call('delinvoice', { label: 'unpaid', status: 'unpaid' });
  await bob.call('delinvoice', { label: 'a', status: 'paid' });
  await bob.fails('delinvoice', { label: 'a', status: 'paid' }, 905);
  const { invoices } = await bob.call('listinvoices', {});
  await bob.call('signinvoice', { invstring: invoices[0]?.bolt11 ?? '' });
  const elsewhere = await bob.call('invoice', {
    amount_msat: 20,
    label: 'e',
    description: 'd',
    preimage: 'ab'.repeat(32),
  });
  await bob.call('delinvoice', { label: 'e', status: 'unpaid' });
  await bob.call('createinvoice', {
    invstring: elsewhere.bolt11,
    label: 'f',
    preimage: 'ab'.repeat(32),
  });
  await alice.call('listpays', {});
  await alice.call('listsendpays', {});
  await alice.call('listhtlcs', {});
  await alice.call('listforwards', {});
  await alice.call('delpay', { payment_hash: first.payment_hash, status: 'complete' });
  await alice.fails('delpay', { payment_hash: first.payment_hash, status: 'complete' }, 208);
});

async function payByRoute(id: string): Promise<void> {
  const { payment_hash, payment_secret, bolt11 } = await bob.call('invoice', {
    amount_msat: 9000,
    label: 'route',
    description: 'd',
  });
  await alice.call('preapprovekeysend', { destination: id, payment_hash, amount_msat: 9000 });
  const { route } = await alice.call('getroute', { id, amount_msat: 9000, riskfactor: 1 });
  const unknown = 'ff'.repeat(32);
  await alice.call('sendpay', { route, payment_hash: unknown, payment_secret });
  await alice.fails('waitsendpay', { payment_hash: unknown, timeout: 30 }, 203);
  await alice.call('sendpay', { route, payment_hash, payment_secret, bolt11, label: 'l' });
  await alice.call('waitsendpay', { payment_hash, timeout: 30 });
  const { onion, shared_secrets } = await alice.call('createonion', {
    hops: [{ pubkey: id, payload: '0402022328' }],
    assocdata: unknown,
  });
  await alice.call('sendonion', {
    onion,
    first_hop: { id, amount_msat: 9000, delay: 20 },
    payment_hash: unknown,
    shared_secrets,
    partid: 1,
    groupid: 2,
  });
  await alice.fails(
    'waitsendpay',
    { payment_hash: unknown, partid: 1, groupid: 2, timeout: 30 },
    204,
  );
  await alice.call('listsendpays', { payment_hash: unknown });
}

test('a channel that both nodes fund, and forwards', async () => {
  const { id } = await carol.call('getinfo', {});
  const port = await portOf(carol);
  await bob.call('connect', { id: `${id}@127.0.0.1:${port}` });
  const fund = () =>
    bob.call('fundpsbt', {
      satoshi: 500_000,
      feerate: '2000perkb',
      startweight: 1000,
      excess_as_change: true,
    });
  const first = await fund();
  const opening = await bob.call('openchannel_init', {
    id,
    amount: 400_000,
    initialpsbt: first.psbt,
  });
  const { channel_id } = opening;
  let update = await bob.call('openchannel_update', { channel_id, psbt: opening.psbt });
  while (!update.commitments_secured) {
    update = await bob.call('openchannel_update', { channel_id, psbt: update.psbt });
  }
  const { signed_psbt } = await bob.call('signpsbt', { psbt: update.psbt });
  await bob.call('openchannel_signed', { channel_id, signed_psbt });
  await bumpAndAbort(channel_id, first);
  await bob.call('listpeerchannels', { id });
  await mine(6);
  await usableChannels(bob, 2);
  const invoice = await carol.call('invoice', {
    amount_msat: 12_000,
    label: 'forward',
    description: 'd',
  });
  await alice.call('xpay', { invstring: invoice.bolt11 });
  await bob.fails('sendpay', { route: [], payment_hash: invoice.payment_hash }, -32602);
  const unpayable = await carol.call('invoice', {
    amount_msat: 13_000,
    label: 'gone',
    description: 'd',
  });
  await carol.call('delinvoice', { label: 'gone', status: 'unpaid' });
  await alice.fails('xpay', { invstring: unpayable.bolt11, retry_for: 5 }, 203);
  const { forwards } = await bob.call('listforwards', {});
  expect(forwards.length).toBeGreaterThan(1);
  const settled = forwards.find(({ status }) => status === 'settled');
  await bob.call('listforwards', { status: 'settled' });
  await bob.call('delforward', {
    in_channel: settled?.in_channel ?? '',
    in_htlc_id: settled?.in_htlc_id ?? 0,
    status: 'settled',
  });
  await alice.call('listsendpays', {});
  await alice.call('listpays', { status: 'failed' });
});

/** Starts to raise the fee of the funding transaction, then aborts that. */
async function bumpAndAbort(
  channel_id: string,
  { reservations = [] }: CommandResults['fundpsbt'],
): Promise<void> {
  const { psbt } = await bob.call('utxopsbt', {
    satoshi: 500_000,
    feerate: '4000perkb',
    startweight: 1000,
    utxos: reservations.map(({ txid, vout }) => `${txid}:${vout}`),
    reservedok: true,
    excess_as_change: true,
  });
  await bob.call('openchannel_bump', {
    channel_id,
    amount: 400_000,
    initialpsbt: psbt,
    funding_feerate: '4000perkb',
  });
  await bob.call('openchannel_abort', { channel_id });
}

test('routing', async () => {
  const { id } = await bob.call('getinfo', {});
  const self = (await alice.call('getinfo', {})).id;
  const [channel] = (await alice.call('listpeerchannels', { id })).channels;
  const scid = channel?.short_channel_id ?? '';
  const direction = `${scid}/${channel?.direction}`;
  const layer = 'test';
  await alice.call('askrene-create-layer', { layer, persistent: false });
  await alice.call('askrene-create-channel', {
    layer,
    source: self,
    destination: id,
    short_channel_id: '1x1x1',
    capacity_msat: '1000sat',
  });
  await alice.call('askrene-update-channel', {
    layer,
    short_channel_id_dir: direction,
    enabled: true,
    fee_base_msat: 1,
  });
  await alice.call('askrene-inform-channel', {
    layer,
    short_channel_id_dir: direction,
    amount_msat: 100,
    inform: 'constrained',
  });
  await alice.call('askrene-bias-channel', { layer, short_channel_id_dir: direction, bias: 5 });
  await alice.call('askrene-bias-node', { layer, node: id, direction: 'in', bias: -5 });
  await alice.call('askrene-disable-node', { layer, node: SOME_NODE });
  await alice.call('askrene-listlayers', {});
  await alice.call('askrene-age', { layer, cutoff: 1 });
  const path = [{ short_channel_id_dir: direction, amount_msat: 1000 }];
  await alice.call('askrene-reserve', { path });
  await alice.call('askrene-listreservations', {});
  await alice.call('askrene-unreserve', { path });
  await alice.call('askrene-remove-channel-update', { layer, short_channel_id_dir: direction });
  await alice.call('getroutes', {
    source: self,
    destination: id,
    amount_msat: 1000,
    layers: ['auto.localchans'],
    maxfee_msat: 100,
    final_cltv: 9,
  });
  await alice.call('askrene-remove-layer', { layer });
});

test('offers', async () => {
  const offer = await bob.call('offer', { amount: '1000msat', description: 'd', label: 'l' });
  await bob.call('offer', { amount: 'any', description: 'd', issuer: 'i', quantity_max: 5 });
  const decoded = await alice.call('decode', { string: offer.bolt12 });
  expect(decoded.type).toBe('bolt12 offer');
  const { invoice } = await alice.call('fetchinvoice', { offer: offer.bolt12, payer_note: 'n' });
  await alice.call('decode', { string: invoice });
  await alice.call('xpay', { invstring: offer.bolt12, label: 'offer' });
  await alice.call('createproof', { invstring: offer.bolt12, note: 'n' });
  await bob.call('listoffers', {});
  await bob.call('disableoffer', { offer_id: offer.offer_id });
  await bob.call('enableoffer', { offer_id: offer.offer_id });
  const request = await bob.call('invoicerequest', { amount: '1000msat', description: 'd' });
  await alice.call('decode', { string: request.bolt12 });
  await alice.call('sendinvoice', { invreq: request.bolt12, label: 'collect' });
  const other = await bob.call('invoicerequest', { amount: '1000msat', description: 'other' });
  await bob.call('disableinvoicerequest', { invreq_id: other.invreq_id });
  await bob.call('listinvoicerequests', {});
  await bob.call('listinvoices', {});
  await alice.call('listpays', {});
  const recurring = await bob.call('offer', {
    amount: '10sat',
    description: 'monthly',
    recurrence: '1month',
    optional_recurrence: true,
  });
  await alice.call('decode', { string: recurring.bolt12 });
  const period = { offer: recurring.bolt12, recurrence_label: 'r' };
  const bill = await alice.call('fetchinvoice', { ...period, recurrence_counter: 0 });
  // The node finds the earlier payments of a series by their label.
  await alice.call('xpay', { invstring: bill.invoice, label: 'r' });
  await alice.call('cancelrecurringinvoice', { ...period, recurrence_counter: 1 });
});

test('waiting and bookkeeping', async () => {
  const subsystems = [
    'invoices',
    'forwards',
    'sendpays',
    'htlcs',
    'chainmoves',
    'channelmoves',
    'networkevents',
  ] as const;
  for (const subsystem of subsystems) {
    await alice.call('wait', { subsystem, indexname: 'created', nextvalue: 0 });
  }
  const { deleted = 0 } = await bob.call('wait', {
    subsystem: 'invoices',
    indexname: 'deleted',
    nextvalue: 0,
  });
  const waiting = bob.call('wait', {
    subsystem: 'invoices',
    indexname: 'deleted',
    nextvalue: BigInt(deleted) + 1n,
  });
  await bob.call('invoice', { amount_msat: 10, label: 'deleted', description: 'd' });
  await bob.call('delinvoice', { label: 'deleted', status: 'unpaid' });
  await waiting;
  const [event] = (await alice.call('listnetworkevents', {})).networkevents;
  await alice.call('delnetworkevent', { created_index: event?.created_index ?? 0 });
  await alice.call('listchainmoves', {});
  await alice.call('listchannelmoves', {});
  const { accounts } = await alice.call('bkpr-listbalances', {});
  const channel = accounts.find(({ account }) => account !== 'wallet')?.account ?? '';
  await alice.call('bkpr-inspect', { account: channel });
  await alice.call('bkpr-listincome', {});
  const { events } = await alice.call('bkpr-listaccountevents', {});
  const chain = events.find((each) => each.type === 'chain');
  if (chain?.type === 'chain') {
    await alice.call('bkpr-editdescriptionbyoutpoint', {
      outpoint: chain.outpoint,
      description: 'd',
    });
  }
  const paid = events.find((each) => each.type === 'channel' && each.payment_id !== undefined);
  await alice.call('bkpr-editdescriptionbypaymentid', {
    payment_id: paid?.payment_id ?? '',
    description: 'e',
  });
  await alice.call('bkpr-channelsapy', {});
  await alice.call('bkpr-dumpincomecsv', {
    csv_format: 'koinly',
    csv_file: join(directory, 'income.csv'),
  });
  await alice.call('bkpr-report', {
    format: '{tag},{credit}',
    headers: ['tag,credit'],
    escape: 'csv',
  });
  await alice.call('commando', {
    peer_id: (await bob.call('getinfo', {})).id,
    method: 'getinfo',
    params: {},
    rune: (await bob.call('createrune', {})).rune,
  });
});

test('splices', async () => {
  const { id } = await bob.call('getinfo', {});
  const [channel] = (await alice.call('listpeerchannels', { id })).channels;
  const channel_id = channel?.channel_id ?? '';
  await alice.call('splicein', { channel: channel_id, amount: '100000' });
  await alice.call('listpeerchannels', { id });
  await mine(6);
  await usableChannels(alice, 1);
  await alice.call('spliceout', { channel: channel_id, amount: '50000' });
  await mine(6);
  await usableChannels(alice, 1);
  const funds = await alice.call('fundpsbt', {
    satoshi: '109000sat',
    feerate: 'slow',
    startweight: 1000,
    excess_as_change: true,
  });
  const { psbt } = await alice.call('splice_init', {
    channel_id,
    relative_amount: 100_000,
    initialpsbt: funds.psbt,
  });
  let update = await alice.call('splice_update', { channel_id, psbt });
  while (!update.commitments_secured) {
    update = await alice.call('splice_update', { channel_id, psbt: update.psbt });
  }
  const { signed_psbt } = await alice.call('signpsbt', { psbt: update.psbt });
  await alice.call('splice_signed', { channel_id, psbt: signed_psbt });
  await mine(6);
  await usableChannels(alice, 1);
});

test('several channels, and their end', async () => {
  const { id } = await carol.call('getinfo', {});
  const address = `${id}@127.0.0.1:${await portOf(carol)}`;
  await alice.call('multifundchannel', { destinations: [{ id: address, amount: '200000sat' }] });
  await mine(6);
  await usableChannels(alice, 2);
  const bobs = (await bob.call('getinfo', {})).id;
  const start = await alice.call('fundchannel_start', { id: bobs, amount: 150_000 });
  const prepared = await alice.call('txprepare', {
    outputs: [{ [start.funding_address]: 150_000 }],
  });
  await alice.call('fundchannel_complete', { id: bobs, psbt: prepared.psbt });
  await alice.call('txsend', { txid: prepared.txid });
  await mine(6);
  await usableChannels(alice, 3);
  const [mutual, forgotten] = (await alice.call('listpeerchannels', {})).channels;
  await alice.call('close', { id: mutual?.channel_id ?? '' });
  await mine(1);
  await alice.call('listpeerchannels', {});
  await mine(105);
  await waitUntil(async () =>
    (await alice.call('listclosedchannels', {})).closedchannels.length > 0 ? true : undefined,
  );
  await alice.call('dev-forget-channel', {
    id: forgotten?.peer_id ?? '',
    channel_id: forgotten?.channel_id ?? '',
    force: true,
  });
});

test('recovery and shutdown', async () => {
  const { id } = await bob.call('getinfo', {});
  await alice.call('funderupdate', {});
  const { scb } = await alice.call('staticbackup', {});
  await alice.call('recoverchannel', { scb });
  await alice.call('emergencyrecover', {});
  await alice.call('disconnect', { id, force: true });
  await alice.call('graceful', { timeout: 1 });
  await alice.call('stop', {});
});

/** Returns one line for each command, as the other recordings have them. */
function recording(): string {
  const lines = [...results.recorded]
    .filter(([name]) => !NOT_RECORDED.has(name))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { params, result }]) => {
      const request = encodeJson({ jsonrpc: '2.0', id: 'rec:1', method: name, params });
      const reply = encodeJson({ jsonrpc: '2.0', id: 'rec:1', result });
      return JSON.stringify({ label: name, request, reply }).replaceAll(directory, '/home/me');
    });
  return `${lines.join('\n')}\n`;
}

function print(label: string, names: Iterable<string>): void {
  process.stdout.write(`${label}: ${[...names].toSorted().join(', ')}\n`);
}

test('no result differs from its schema', async () => {
  const { called, compared, mismatches, unknown } = results;
  const left = Object.keys(COMMAND_FACTS).filter((name) => !called.has(name as LightningdCommand));
  print(`${called.size} commands called, ${compared} results compared; not called`, left);
  print('members that no schema names', unknown);
  expect([...mismatches]).toEqual([]);
  expect(called.size).toBeGreaterThan(140);
  if (RECORDING !== undefined) await writeFile(RECORDING, recording());
});

test('no notification or hook differs from its schema', () => {
  const events = new SchemaReport();
  const kinds = new Set<string>();
  for (const { kind, name, params } of plugins.flatMap((plugin) => plugin.events())) {
    kinds.add(`${kind} ${name}`);
    events.add(`${kind} ${name}`, kind === 'hook' ? hookRequest(name) : notification(name), params);
  }
  print(`${events.compared} events compared`, kinds);
  print('members that no schema names', events.unknown);
  expect([...events.mismatches]).toEqual([]);
  expect(kinds.size).toBeGreaterThan(20);
});

function hookRequest(name: string): Schema {
  return hookSchemas[name as HookName].request;
}

/** lightningd sends the payload under the topic. */
function notification(topic: string): Schema {
  const payload = notificationSchemas[topic as NotificationTopic];
  return { type: 'object', properties: { [topic]: payload }, required: [topic] };
}
