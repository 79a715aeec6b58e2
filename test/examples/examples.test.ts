import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { RpcError } from '@clnrest/lightningd';
import { startPlugin } from '@clnrest/lightningd/testing';
import { runSync } from '@clnrest/testing/programs';
import { afterAll, describe, expect, test } from 'vitest';
import { ask } from '../support/http.ts';
import { BUILD } from '../support/under-test.ts';
import { useNode } from '../support/use-node.ts';

/** Bundles each example into one file, and runs it on the sandbox or on a real node, and alone. */
const ROOT = new URL('../..', import.meta.url).pathname;
const directory = mkdtempSync(join(tmpdir(), 'clnrest-examples-'));
const names = readdirSync(join(ROOT, 'examples'))
  .filter((file) => file.endsWith('.ts'))
  .map((file) => basename(file, '.ts'));

/** The path of a bundled example. */
const fileOf = (name: string): string => join(directory, name);

for (const name of names) {
  const script = join(ROOT, 'scripts/bundle-plugin.mjs');
  runSync(process.execPath, [script, join(ROOT, 'examples', `${name}.ts`), fileOf(name)]);
}
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const node = useNode(...names.map((name) => `--plugin=${fileOf(name)}`));

test('there are three examples', () => {
  expect(names.toSorted()).toEqual(['hold-payments', 'paid-total', 'price-path']);
});

async function invoice(label: string, amount_msat: bigint): Promise<string> {
  const made = await node().rpc.call('invoice', { amount_msat, label, description: 'd' });
  return made.bolt11;
}

/** Pays an invoice of the node: a real node without channels can only pay itself. */
function pay(invstring: string): Promise<unknown> {
  return node().rpc.call('xpay', { invstring });
}

async function statusOf(label: string): Promise<string | undefined> {
  const { invoices } = await node().rpc.call('listinvoices', { label });
  return invoices[0]?.status;
}

async function heldLabels(): Promise<string[]> {
  const { held } = await node().rpc.call<{ held: { label: string }[] }>('listheld');
  return held.map(({ label }) => label);
}

/** Resolves when the plugin holds the payment of this invoice. */
async function isHeld(label: string): Promise<void> {
  await node().logged(new RegExp(`holding \\d+ msat for ${label}$`));
}

describe('hold-payments', () => {
  test('holds a payment until the operator accepts it', async () => {
    const paid = pay(await invoice('accepted', 10_000n));
    await isHeld('accepted');
    expect(await heldLabels()).toEqual(['accepted']);
    expect(await statusOf('accepted')).toBe('unpaid');
    expect(await node().rpc.call<unknown>('releaseheld', ['accepted'])).toEqual({
      label: 'accepted',
      accepted: true,
    });
    await paid;
    expect(await statusOf('accepted')).toBe('paid');
    expect(await heldLabels()).toEqual([]);
  });

  test('rejects a payment', async () => {
    const paid = pay(await invoice('rejected', 10_000n));
    const failed = expect(paid).rejects.toMatchObject({ code: 203 });
    await isHeld('rejected');
    await node().rpc.call<unknown>('releaseheld', { label: 'rejected', accept: false });
    await failed;
    expect(await statusOf('rejected')).toBe('unpaid');
  });

  test('holds no payment below the dynamic option', async () => {
    await node().rpc.call('setconfig', { config: 'hold-from-msat', val: 50_000, transient: true });
    await pay(await invoice('small', 49_999n));
    expect(await statusOf('small')).toBe('paid');
  });

  test('refuses to release what is not held', async () => {
    const error = await node()
      .rpc.call<unknown>('releaseheld', ['nothing'])
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(RpcError);
    expect(error).toMatchObject({ code: -1, message: 'no payment is held for nothing' });
  });

  test('declares its options and disables itself where Node is missing', async () => {
    const env = { CLNREST_NODE: '/nowhere/node' };
    const plugin = await startPlugin(fileOf('hold-payments'), { env });
    expect(plugin.manifest['options']).toMatchObject([
      { name: 'hold-from-msat', dynamic: true },
      { name: 'hold-seconds', default: 600 },
    ]);
    expect(plugin.disabled).toMatch(/^Node\.js 20\.19 or newer is required, but \/nowhere\/node /);
    expect(await plugin.stop()).toBe(0);
  });

  test('rejects a payment after the time limit', async () => {
    const plugin = await startPlugin(fileOf('hold-payments'), { options: { 'hold-seconds': 0 } });
    const payment = { label: 'late', preimage: '00'.repeat(32), msat: 2n ** 60n };
    expect(await plugin.hook('invoice_payment', { payment })).toEqual({ result: 'reject' });
    await plugin.stop();
  });
});

describe('setconfig', () => {
  test.each([
    [{}, 'hold-seconds requires a value'],
    [{ val: ['5'] }, 'hold-seconds is not a multi option: val must not be an array'],
    [
      { val: 'soon' },
      'option hold-seconds must be an integer between -(2^53 - 1) and 2^53 - 1, not soon',
    ],
  ])('refuses %j', async (params, message) => {
    const change = { config: 'hold-seconds', ...params };
    const error = { code: -32602, message };
    await expect(node().rpc.call<unknown>('setconfig', change)).rejects.toMatchObject(error);
    const check = { command_to_check: 'setconfig', ...change };
    await expect(node().rpc.call<unknown>('check', check)).rejects.toMatchObject(error);
  });

  test('keeps its settings in a file', async () => {
    const config = join(node().lightningDir, 'regtest', 'config');
    const set = async (val: string) =>
      (await node().rpc.call<{ config: object }>('setconfig', { config: 'hold-seconds', val }))
        .config;
    const expected = {
      config: 'hold-seconds',
      value_int: 60,
      source: `${config}.setconfig:2`,
      plugin: fileOf('hold-payments'),
      dynamic: true,
    };
    expect(await set('60')).toEqual(expected);
    expect(await set('90')).toEqual({ ...expected, value_int: 90 });
    const lines = (file: string): string[] => readFileSync(file, 'utf8').split('\n');
    expect(lines(`${config}.setconfig`).slice(1)).toEqual(['hold-seconds=90', '']);
    expect(lines(config).slice(1)).toEqual(['include config.setconfig', '']);
    expect(lines(config)[0]).toMatch(
      /^# Inserted by setconfig \w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}$/,
    );
    expect(await node().rpc.call<unknown>('listconfigs', { config: 'hold-seconds' })).toMatchObject(
      {
        configs: { 'hold-seconds': { value_int: 90, source: `${config}.setconfig:2` } },
      },
    );
  });
});

describe('paid-total', () => {
  test('sums the payments, exactly', async () => {
    const invoices = [
      { status: 'paid', paid_at: 10, amount_received_msat: 2n ** 60n },
      { status: 'paid', paid_at: 20, amount_received_msat: 1 },
      { status: 'unpaid' },
    ];
    const plugin = await startPlugin(fileOf('paid-total'), {
      commands: { listinvoices: () => ({ invoices }) },
    });
    expect(await plugin.call('paid-total')).toEqual({ count: 2, total_msat: 2n ** 60n + 1n });
    expect(await plugin.call('paid-total', { since: 11 })).toEqual({ count: 1, total_msat: 1 });
    await expect(plugin.call('paid-total', ['x'])).rejects.toThrow(
      `since: should be an unsigned 64 bit integer: invalid token '"x"'`,
    );
    await plugin.stop();
  });

  test('runs on the node', async () => {
    await node().rpc.call('setconfig', { config: 'hold-from-msat', val: 50_000, transient: true });
    const before = await node().rpc.call<{ total_msat: number }>('paid-total');
    await pay(await invoice('total', 1234n));
    const after = await node().rpc.call<{ total_msat: number }>('paid-total');
    expect(after.total_msat - before.total_msat).toBe(1234);
  });
});

describe('price-path', () => {
  test('serves the path without a rune', async () => {
    await node().logged(new RegExp(`${BUILD.registerPath} registered GET /price/`));
    const answer = await ask(node(), '/price/coffee', { method: 'GET' });
    expect(answer.json()).toEqual({ item: 'coffee', amount_msat: 5_000_000 });
    const unknown = await ask(node(), '/price/tea', { method: 'GET' });
    expect(unknown.json()).toMatchObject({ code: 404, message: 'no price for tea' });
  });

  test('registers the path again without a warning, and warns if another plugin has it', async () => {
    let isTaken = false;
    const register = (): object => {
      if (isTaken) throw new RpcError(-32602, 'Conflicting path');
      isTaken = true;
      return {};
    };
    const started = {
      methods: ['rest-register-path'],
      instance: '/rest',
      plugin_name: 'rest',
      plugin_path: '/rest',
    };
    await using plugin = await startPlugin(fileOf('price-path'), {
      commands: { 'rest-register-path': register },
    });
    await plugin.log('info rest-register-path registered');
    plugin.notify('plugin_started', started);
    await plugin.log('debug rest-register-path: Conflicting path');
    await using other = await startPlugin(fileOf('price-path'), {
      commands: { 'rest-register-path': register },
    });
    await other.log('unusual rest-register-path: Conflicting path');
  });
});
