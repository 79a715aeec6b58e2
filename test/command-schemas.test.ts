import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { NodeProcess } from './support/node-process.ts';
import { startSandboxProcess } from './support/sandbox-node.ts';
import { SchemaChecker } from './support/schema-checker.ts';
import { SchemaReport } from './support/schema-report.ts';
import { differentUsage, knownCommands } from './support/usage-lines.ts';

/** Compares what the sandbox returns with the schemas. `test/lightningd` does the same for a real node. */
const report = new SchemaReport();
let directory: string;
let sandbox: NodeProcess;
let node: SchemaChecker;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'clnrest-schemas-'));
  sandbox = await startSandboxProcess(directory, ['--developer']);
  await sandbox.process.line(/Server started with public key/);
  node = new SchemaChecker(sandbox.socketPath, report);
});

afterAll(async () => {
  await node.close();
  await sandbox.stop();
  await rm(directory, { recursive: true, force: true });
});

test('the parameters of the sandbox have the order of those of lightningd', async () => {
  const { help } = await node.call('help', {});
  expect(differentUsage(help)).toEqual([]);
  expect(knownCommands(help)).toBeGreaterThan(50);
});

test('the results of the sandbox fit the schemas', async () => {
  const { id } = await node.call('getinfo', {});
  await node.call('listconfigs', {});
  await node.call('getlog', { level: 'debug' });
  await node.call('plugin', { subcommand: 'list' });
  const { rune } = await node.call('createrune', { restrictions: [['method=getinfo']] });
  await node.call('checkrune', { rune, method: 'getinfo' });
  await node.call('showrunes', {});
  await node.call('decode', { string: rune });
  await node.call('blacklistrune', { start: 5 });
  const { zbase } = await node.call('signmessage', { message: 'a' });
  await node.call('checkmessage', { message: 'a', zbase, pubkey: id });
  await node.call('makesecret', { string: 'a' });
  await node.call('datastore', { key: ['a', 'b'], string: 'c' });
  await node.call('listdatastore', {});
  await node.call('datastoreusage', {});
  await node.call('deldatastore', { key: ['a', 'b'] });
  const { bolt11 } = await node.call('invoice', {
    amount_msat: 1000,
    label: 'a',
    description: 'd',
  });
  await node.call('decode', { string: bolt11 });
  await node.rpc.call<unknown>('dev-pay-invoice', { label: 'a' });
  await node.call('waitanyinvoice', {});
  await node.call('waitinvoice', { label: 'a' });
  await node.call('invoice', { amount_msat: 'any', label: 'b', description: 'd' });
  await node.call('listinvoices', {});
  await node.call('delinvoice', { label: 'a', status: 'paid' });
  await node.call('delinvoice', { label: 'b', status: 'unpaid' });
  await node.call('newaddr', { addresstype: 'all' });
  await node.call('feerates', { style: 'perkb' });
  await node.call('feerates', { style: 'perkw' });
  for (const list of LISTS) await node.call(list, {});
  await node.call('wait', { subsystem: 'invoices', indexname: 'created', nextvalue: 0 });
  expect([...report.mismatches]).toEqual([]);
});

const LISTS = [
  'listfunds',
  'listtransactions',
  'listpeers',
  'listpeerchannels',
  'listnodes',
  'listchannels',
  'listpays',
  'listsendpays',
  'listforwards',
] as const;
