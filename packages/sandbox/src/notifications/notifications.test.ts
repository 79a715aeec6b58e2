import { describe, expect, test } from 'vitest';
import { SocketClient } from '../testing/socket-client.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { temporarySandbox } from '../testing/temporary-sandbox.ts';
import { received, writePlugin, type WrittenPlugin } from '../testing/test-plugin.ts';

const TIME = 1_795_195_305_133_229_275n;

async function subscribed(subscriptions: readonly string[], more: Record<string, unknown> = {}) {
  const listener = await writePlugin({
    name: 'shim.py',
    manifest: {
      subscriptions,
      rpcmethods: [
        { name: 'shim-emit', usage: '[topic]', description: '' },
        { name: 'shim-echo', usage: '', description: '' },
      ],
      notifications: [{ method: 'shim_custom' }],
      ...more,
    },
    body: `on('shim-emit', (topic) => { write('{"jsonrpc": "2.0", "method": "' + topic + '", "params": {"foo": {"bar": [1, 2, 18446744073709551615]}}}\\n\\n'); return {}; });
           on('shim-echo', () => { send({ method: 'log', params: { level: 'warn', message: 'Ignoring fee limits!' } }); return {}; });`,
  });
  const sandbox = await temporarySandbox({
    args: [`--plugin=${listener.path}`],
    clock: new ManualClock(TIME),
  });
  return { listener, sandbox, client: await SocketClient.connect(sandbox.rpcPath) };
}

async function receivedText(listener: WrittenPlugin, topic: string): Promise<string> {
  await listener.waitForNote((note) => received([note], topic).length > 0);
  return received(await listener.notes(), topic).join('\n');
}

describe('notifications are, byte for byte, those of a real node:', () => {
  test('plugin_started, also about the subscriber', async () => {
    const { listener } = await subscribed(['*']);
    expect(await receivedText(listener, 'plugin_started')).toBe(
      `{"jsonrpc":"2.0","method":"plugin_started","params":{"plugin_started":{"plugin_name":"shim.py","plugin_path":"${listener.path}","methods":["shim-emit","shim-echo"]}}}`,
    );
  });

  test('plugin_stopped', async () => {
    const { listener, client } = await subscribed(['plugin_stopped']);
    const other = await writePlugin({ name: 'other' });
    await client.call('plugin', ['start', other.path]);
    await client.call('plugin', ['stop', 'other']);
    expect(await receivedText(listener, 'plugin_stopped')).toBe(
      `{"jsonrpc":"2.0","method":"plugin_stopped","params":{"plugin_stopped":{"plugin_name":"other","plugin_path":"${other.path}","methods":[]}}}`,
    );
  });

  test('invoice_creation and invoice_payment', async () => {
    const { listener, client } = await subscribed(['*']);
    const preimage = '39f51e7db32e92961b18f726e1aae1f96e78d9713421ee682f3cc53b783642f1';
    await client.call(
      'invoice',
      `{"amount_msat":200000,"label":"E2-\\u00e9","description":"d","preimage":"${preimage}"}`,
    );
    expect(await receivedText(listener, 'invoice_creation')).toBe(
      `{"jsonrpc":"2.0","method":"invoice_creation","params":{"invoice_creation":{"msat":200000,"preimage":"${preimage}","label":"E2-\\u00e9"}}}`,
    );
    await client.call('dev-pay-invoice', '{"label":"E2-\\u00e9","amount_msat":300000}');
    expect(await receivedText(listener, 'invoice_payment')).toBe(
      `{"jsonrpc":"2.0","method":"invoice_payment","params":{"invoice_payment":{"msat":300000,"preimage":"${preimage}","label":"E2-\\u00e9"}}}`,
    );
  });

  test('invoice_creation for any amount', async () => {
    const { listener, client } = await subscribed(['invoice_creation']);
    await client.call('invoice', ['any', 'l', 'd']);
    expect(await receivedText(listener, 'invoice_creation')).toMatch(
      /\{"invoice_creation":\{"preimage":"[0-9a-f]{64}","label":"l"\}\}\}$/,
    );
  });

  test('warning', async () => {
    const { listener, client } = await subscribed(['warning']);
    await client.call('shim-echo');
    expect(await receivedText(listener, 'warning')).toBe(
      '{"jsonrpc":"2.0","method":"warning","params":{"warning":{"level":"warn","time":"1795195305.133229275","timestamp":"2026-11-20T17:21:45.133Z","source":"plugin-shim.py","log":"Ignoring fee limits!"}}}',
    );
  });

  test('shutdown', async () => {
    const { listener, sandbox } = await subscribed(['shutdown']);
    await sandbox.stop();
    expect(received(await listener.notes(), 'shutdown')).toEqual([
      '{"jsonrpc":"2.0","method":"shutdown","params":{"shutdown":{}}}',
    ]);
  });

  test('a custom topic, verbatim, with its origin', async () => {
    const { listener, client } = await subscribed(['*']);
    await client.call('shim-emit', '"shim_custom"'.replace(/^/, '[') + ']');
    expect(await receivedText(listener, 'shim_custom')).toBe(
      '{"jsonrpc":"2.0","method":"shim_custom","origin":"shim.py","params":{"foo": {"bar": [1, 2, 18446744073709551615]}}}',
    );
  });
});

test('a topic that the plugin did not declare is dropped', async () => {
  const { listener, client, sandbox } = await subscribed(['*', 'nosuch']);
  await client.call('shim-emit', ['undeclared_topic']);
  await client.call('shim-emit', ['invoice_payment']);
  expect(received(await listener.notes(), 'undeclared_topic')).toEqual([]);
  expect(received(await listener.notes(), 'invoice_payment')).toEqual([]);
  const log = sandbox.lines.join('\n');
  expect(log).toContain(
    'UNUSUAL plugin-shim.py: Plugin attempted to send a notification to topic "undeclared_topic" it hasn\'t declared in its manifest, not forwarding to subscribers.',
  );
  expect(log).toContain("UNUSUAL plugin-shim.py: topic 'nosuch' is not a known notification topic");
});

test('log goes only to plugins that name it', async () => {
  const { listener, client } = await subscribed(['log']);
  await client.call('shim-echo');
  // The plugin can also receive entries that the node logs while it starts.
  let echo = '';
  await listener.waitForNote((note) => {
    echo = received([note], 'log').find((raw) => raw.includes('Ignoring fee limits!')) ?? '';
    return echo !== '';
  });
  expect(echo).toContain('"log":{"level":"unusual","time":"1795195305.133229275"');
  const all = await subscribed(['*']);
  await all.client.call('shim-echo');
  await receivedText(all.listener, 'warning');
  expect(received(await all.listener.notes(), 'log')).toEqual([]);
});

test('a plugin that subscribes twice receives notifications twice', async () => {
  const { listener, client } = await subscribed(['*', 'invoice_creation']);
  await client.call('invoice', ['any', 'l', 'd']);
  await client.call('shim-echo');
  await receivedText(listener, 'warning');
  expect(received(await listener.notes(), 'invoice_creation')).toHaveLength(2);
});

test('1,000 notifications arrive in order', async () => {
  const { listener, client } = await subscribed(['invoice_creation', 'warning']);
  const count = 1000;
  for (let i = 0; i < count; i++) {
    client.write(
      `{"jsonrpc":"2.0","id":${i},"method":"invoice","params":{"amount_msat":1,"label":"n${i}","description":"","preimage":"${i.toString(16).padStart(64, '0')}"}}`,
    );
  }
  for (let i = 0; i < count; i++) await client.read();
  await client.call('shim-echo');
  await receivedText(listener, 'warning');
  const labels = received(await listener.notes(), 'invoice_creation').map(
    (raw) => /"label":"n(\d+)"/.exec(raw)?.[1],
  );
  expect(labels).toEqual(Array.from({ length: count }, (_, i) => String(i)));
});
