import { describe, expect, test } from 'vitest';
import { SocketClient } from '../testing/socket-client.ts';
import { temporarySandbox } from '../testing/temporary-sandbox.ts';
import { received, type WrittenPlugin, writePlugin } from '../testing/test-plugin.ts';

/** A plugin whose hook returns this result, a JavaScript expression that can use `params`. */
function hooking(
  hook: string,
  result: string,
  more: { name?: string; declaration?: object; body?: string; manifest?: object } = {},
): Promise<WrittenPlugin> {
  return writePlugin({
    name: more.name ?? 'hooking',
    manifest: { hooks: [{ name: hook, ...more.declaration }], ...more.manifest },
    body: `${more.body ?? ''}; on('${hook}', async (params) => (${result}));`,
  });
}

const CONTINUE = "{ result: 'continue' }";

interface Reply {
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: unknown };
}

async function connected(...plugins: readonly WrittenPlugin[]) {
  const sandbox = await temporarySandbox({
    args: [...plugins.map(({ path }) => `--plugin=${path}`), '--log-level=debug'],
  });
  const client = await SocketClient.connect(sandbox.rpcPath);
  const ask = async (method: string, params: object = {}): Promise<Reply> => {
    client.write(JSON.stringify({ jsonrpc: '2.0', id: 'me', method, params }));
    return JSON.parse((await client.read()) ?? '{}') as Reply;
  };
  return { sandbox, ask, client };
}

type Ask = Awaited<ReturnType<typeof connected>>['ask'];

async function invoice(ask: Ask, label = 'coffee', amount_msat: unknown = 10_000) {
  return (await ask('invoice', { amount_msat, label, description: 'd' })).result;
}

async function statusOf(ask: Ask, label = 'coffee'): Promise<unknown> {
  const { result } = await ask('listinvoices', { label });
  const found = result?.['invoices'] as { status: string }[] | undefined;
  return found?.[0]?.status;
}

async function firstChannel(ask: Ask): Promise<unknown> {
  const { result } = await ask('listpeerchannels');
  return (result?.['channels'] as unknown[] | undefined)?.[0];
}

/** The parameters of the calls of a hook. */
async function callsOf(plugin: WrittenPlugin, hook: string): Promise<Record<string, unknown>[]> {
  return received(await plugin.notes(), hook).map(
    (raw) => (JSON.parse(raw) as { params: Record<string, unknown> }).params,
  );
}

describe('invoice_payment', () => {
  test('gets the payment before the invoice is paid, without a cause in its id', async () => {
    const plugin = await hooking('invoice_payment', CONTINUE);
    const { ask } = await connected(plugin);
    await invoice(ask);
    const paid = await ask('dev-pay-invoice', { label: 'coffee' });
    expect(paid.result?.['status']).toBe('paid');
    const [raw] = received(await plugin.notes(), 'invoice_payment');
    expect(raw).toMatch(
      /^\{"jsonrpc":"2\.0","id":"cln:invoice_payment#\d+","method":"invoice_payment","params":\{"payment":\{"label":"coffee","preimage":"[0-9a-f]{64}","msat":10000\}\}\}$/,
    );
  });

  test('holds the payment until its plugin responds', async () => {
    const plugin = await hooking(
      'invoice_payment',
      `new Promise((resolve) => on('release', () => { resolve(${CONTINUE}); return {}; }))`,
      { manifest: { rpcmethods: [{ name: 'release', usage: '', description: 'd' }] } },
    );
    const { ask, sandbox } = await connected(plugin);
    await invoice(ask);
    const payer = await SocketClient.connect(sandbox.rpcPath);
    payer.write('{"jsonrpc":"2.0","id":1,"method":"dev-pay-invoice","params":["coffee"]}');
    await plugin.waitForNote((note) => JSON.stringify(note).includes('invoice_payment#'));
    expect(await statusOf(ask)).toBe('unpaid');
    expect((await ask('release')).result).toEqual({});
    expect(await payer.read()).toContain('"status":"paid"');
    expect(await statusOf(ask)).toBe('paid');
  });

  test.each([
    ["{ result: 'reject' }", /^400f0000000000002710[0-9a-f]{8}$/],
    ["{ failure_message: '2002' }", /^2002$/],
  ])('fails the payment with %s', async (result, failure) => {
    const { ask } = await connected(await hooking('invoice_payment', result));
    await invoice(ask);
    const { error } = await ask('dev-pay-invoice', { label: 'coffee' });
    expect(error?.code).toBe(203);
    expect(error?.data).toEqual({ failure_message: expect.stringMatching(failure) as string });
    expect(await statusOf(ask)).toBe('unpaid');
  });

  test('decides about payments of the node to itself', async () => {
    const result =
      "params.payment.label === 'good' ? { result: 'continue' } : { result: 'reject' }";
    const plugin = await hooking('invoice_payment', result);
    const { ask } = await connected(plugin);
    for (const [label, method] of [
      ['good', 'xpay'],
      ['bad', 'xpay'],
      ['worse', 'pay'],
    ] as const) {
      const { bolt11 } = (await invoice(ask, label)) ?? {};
      const reply = await ask(method, [bolt11]);
      expect([label, reply.error?.code, await statusOf(ask, label)]).toEqual(
        label === 'good' ? [label, undefined, 'paid'] : [label, 203, 'unpaid'],
      );
    }
    expect(await callsOf(plugin, 'invoice_payment')).toHaveLength(3);
  });

  test('is not called for the plugins after one that rejects', async () => {
    const first = await hooking('invoice_payment', "{ result: 'reject' }", {
      name: 'first',
      declaration: { before: ['second'] },
    });
    const second = await hooking('invoice_payment', CONTINUE, { name: 'second' });
    const { ask } = await connected(second, first);
    await invoice(ask);
    expect((await ask('dev-pay-invoice', { label: 'coffee' })).error).toBeDefined();
    expect(await callsOf(first, 'invoice_payment')).toHaveLength(1);
    expect(await callsOf(second, 'invoice_payment')).toHaveLength(0);
  });

  test('counts a plugin that ends as one that continues', async () => {
    const plugin = await hooking('invoice_payment', 'process.exit(0)');
    const { ask, sandbox } = await connected(plugin);
    await invoice(ask);
    expect((await ask('dev-pay-invoice', { label: 'coffee' })).result?.['status']).toBe('paid');
    expect(sandbox.lines.join('\n')).toContain('Plugin died from invoice_payment hook call');
  });

  test('pays nothing when the node stops during the call', async () => {
    const plugin = await hooking('invoice_payment', 'new Promise(() => {})', {
      body: "on('shutdown', () => {})",
    });
    const { ask, sandbox } = await connected(plugin);
    await invoice(ask);
    const payer = await SocketClient.connect(sandbox.rpcPath);
    payer.write('{"jsonrpc":"2.0","id":1,"method":"dev-pay-invoice","params":["coffee"]}');
    await plugin.waitForNote((note) => JSON.stringify(note).includes('invoice_payment#'));
    await sandbox.stop();
    const again = await temporarySandbox({ directory: sandbox.lightningDir });
    const client = await SocketClient.connect(again.rpcPath);
    client.write('{"jsonrpc":"2.0","id":1,"method":"listinvoices","params":["coffee"]}');
    expect(await client.read()).toContain('"status":"unpaid"');
  });

  test.each([
    ["{ result: 'maybe' }", `Invalid invoice_payment hook result: {"result":"maybe"}`],
    ['{}', 'Missing failure_message in invoice_payment hook result: {}'],
  ])('stops the node for %s', async (result, message) => {
    const { ask, sandbox } = await connected(await hooking('invoice_payment', result));
    await invoice(ask);
    void ask('dev-pay-invoice', { label: 'coffee' });
    await expect(sandbox.stopped).rejects.toThrow(message);
  });
});

describe('htlc_accepted', () => {
  const openChannel = (ask: Ask) => ask('dev-open-channel');

  test('gets the HTLC of a payment, before invoice_payment', async () => {
    const plugin = await hooking('htlc_accepted', CONTINUE, {
      manifest: { hooks: [{ name: 'invoice_payment' }, { name: 'htlc_accepted' }] },
      body: `on('invoice_payment', () => (${CONTINUE}))`,
    });
    const { ask } = await connected(plugin);
    const channel = (await openChannel(ask)).result;
    const made = await invoice(ask);
    const reply = await ask('dev-peer-pay', { invstring: made?.['bolt11'] });
    expect(reply.result).toMatchObject({ status: 'complete', amount_msat: 10_000 });
    const [call] = await callsOf(plugin, 'htlc_accepted');
    const height = channel?.['blockheight'] as number;
    expect(call).toEqual({
      peer_id: channel?.['peer_id'],
      onion: {
        payload: expect.stringMatching(/^..02022710040[1-3]/) as string,
        type: 'tlv',
        forward_msat: 10_000,
        outgoing_cltv_value: height + 10,
        total_msat: 10_000,
        payment_secret: made?.['payment_secret'],
        next_onion: expect.stringMatching(/^[0-9a-f]{2732}$/) as string,
        shared_secret: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      },
      htlc: {
        short_channel_id: channel?.['short_channel_id'],
        id: 0,
        amount_msat: 10_000,
        cltv_expiry: height + 10,
        cltv_expiry_relative: 10,
        payment_hash: made?.['payment_hash'],
      },
    });
    const order = (await plugin.notes()).map((note) => JSON.stringify(note));
    expect(order.findIndex((note) => note.includes('htlc_accepted#'))).toBeLessThan(
      order.findIndex((note) => note.includes('invoice_payment#')),
    );
  });

  test('fails an HTLC, which counts as offered only', async () => {
    const result = "{ result: 'fail', failure_message: '2002' }";
    const { ask } = await connected(await hooking('htlc_accepted', result));
    await openChannel(ask);
    const made = await invoice(ask);
    const { error } = await ask('dev-peer-pay', { invstring: made?.['bolt11'] });
    expect(error).toMatchObject({ code: 203, data: { failure_message: '2002' } });
    expect(await statusOf(ask)).toBe('unpaid');
    expect(await firstChannel(ask)).toMatchObject({
      in_payments_offered: 1,
      in_payments_fulfilled: 0,
    });
  });

  test('resolves an HTLC without the invoice', async () => {
    const preimage = '11'.repeat(32);
    const result = `{ result: 'resolve', payment_key: '${preimage}' }`;
    const { ask } = await connected(await hooking('htlc_accepted', result));
    await openChannel(ask);
    const { result: made } = await ask('invoice', {
      amount_msat: 10_000,
      label: 'coffee',
      description: 'd',
      preimage,
    });
    const paid = await ask('dev-peer-pay', { invstring: made?.['bolt11'] });
    expect(paid.result?.['status']).toBe('complete');
    expect(await statusOf(ask)).toBe('unpaid');
    expect(await firstChannel(ask)).toMatchObject({ in_fulfilled_msat: 10_000 });
  });

  test('fails an HTLC if the preimage is wrong', async () => {
    const result = `{ result: 'resolve', payment_key: '${'11'.repeat(32)}' }`;
    const { ask, sandbox } = await connected(await hooking('htlc_accepted', result));
    await openChannel(ask);
    const made = await invoice(ask);
    const { error } = await ask('dev-peer-pay', { invstring: made?.['bolt11'] });
    expect(error?.data).toEqual({ failure_message: '400f' });
    expect(sandbox.lines.join('\n')).toContain("that doesn't match the HTLC hash");
  });

  test('decides on forwards, and can choose another channel', async () => {
    const plugin = await hooking(
      'htlc_accepted',
      "{ result: 'continue', forward_to: globalThis.chosen }",
      {
        manifest: {
          hooks: [{ name: 'htlc_accepted' }],
          rpcmethods: [{ name: 'choose', usage: 'id', description: 'd' }],
        },
        body: "on('choose', ({ id }) => { globalThis.chosen = id; return {}; })",
      },
    );
    const { ask } = await connected(plugin);
    const first = (await ask('dev-forward', { amount_msat: 1000 })).result;
    const [call] = await callsOf(plugin, 'htlc_accepted');
    expect(call).toMatchObject({
      onion: { short_channel_id: first?.['out_channel'], forward_msat: 1000 },
      htlc: { short_channel_id: first?.['in_channel'], amount_msat: 1001 },
    });
    const third = (await openChannel(ask)).result;
    expect(third?.['short_channel_id']).not.toBe(first?.['out_channel']);
    await ask('choose', { id: third?.['channel_id'] });
    const chosen = (await ask('dev-forward', { amount_msat: 1000 })).result;
    expect(chosen).toMatchObject({ status: 'settled', out_channel: third?.['short_channel_id'] });
  });

  test('fails a forward before it is recorded', async () => {
    const result = "{ result: 'fail', failure_message: '1007' }";
    const { ask } = await connected(await hooking('htlc_accepted', result));
    expect((await ask('dev-forward', { amount_msat: 1000 })).error?.data).toEqual({
      failure_message: '1007',
    });
    expect((await ask('listforwards')).result).toEqual({ forwards: [] });
  });

  test.each([
    ['{}', "Plugin return value does not contain 'result' key {}"],
    [
      "{ result: 'hold' }",
      'Plugin responded with an unknown result to the htlc_accepted hook: hold',
    ],
    ["{ result: 'fail' }", 'Missing both failure_onion and failure_message for htlc_accepted hook'],
    ["{ result: 'resolve' }", "Plugin did not specify a 'payment_key'"],
  ])('stops the node for %s', async (result, message) => {
    const { ask, sandbox } = await connected(await hooking('htlc_accepted', result));
    void ask('dev-forward', { amount_msat: 1000 });
    await expect(sandbox.stopped).rejects.toThrow(message);
  });
});

describe('peer_connected', () => {
  test('gets the peer, in both directions', async () => {
    const plugin = await hooking('peer_connected', CONTINUE);
    const { ask } = await connected(plugin);
    const { id } = (await ask('dev-connect')).result ?? {};
    await ask('dev-disconnect');
    expect((await ask('connect', { id })).result).toMatchObject({ id, direction: 'out' });
    // A connected peer is not connected again.
    await ask('connect', { id });
    const peer = { id, addr: '127.0.0.1:9736', features: expect.any(String) as string };
    expect(await callsOf(plugin, 'peer_connected')).toEqual([
      { peer: { ...peer, direction: 'in' } },
      { peer: { ...peer, direction: 'out' } },
    ]);
  });

  test('disconnects a peer', async () => {
    const result = "{ result: 'disconnect', error_message: 'not you' }";
    const { ask, sandbox } = await connected(await hooking('peer_connected', result));
    expect((await ask('dev-connect')).error).toEqual({
      code: 402,
      message: 'disconnected during connection',
    });
    await ask('dev-fund-wallet');
    const { nodes } = (await ask('dev-world')).result as { nodes: { name: string; id: string }[] };
    const id = nodes.find(({ name }) => name !== 'us')?.id ?? '';
    expect((await ask('fundchannel', { id, amount: 100_000 })).error).toEqual({
      code: 402,
      message: 'disconnected during connection',
      data: { id, method: 'connect' },
    });
    expect((await ask('listpeers')).result).toEqual({ peers: [] });
    expect(sandbox.lines.join('\n')).toContain("peer_connected hook rejects and says 'not you'");
  });
});

describe('custommsg', () => {
  test('gets the messages of the types in its filters, after the notification', async () => {
    const plugin = await hooking('custommsg', CONTINUE, {
      declaration: { filters: [32_769] },
      manifest: { hooks: [{ name: 'custommsg', filters: [32_769] }], subscriptions: ['custommsg'] },
    });
    const { ask } = await connected(plugin);
    const { id } = (await ask('dev-connect')).result ?? {};
    await ask('dev-custommsg', { msg: '8003aa' });
    await ask('dev-custommsg', { msg: '8001bb' });
    const calls = await callsOf(plugin, 'custommsg');
    expect(calls).toEqual([
      { custommsg: { peer_id: id, payload: '8003aa' } },
      { custommsg: { peer_id: id, payload: '8001bb' } },
      { payload: '8001bb', peer_id: id },
    ]);
  });

  test('stops the node for another result', async () => {
    const { ask, sandbox } = await connected(await hooking('custommsg', "{ result: 'fail' }"));
    await ask('dev-connect');
    void ask('dev-custommsg', { msg: '8001' });
    await expect(sandbox.stopped).rejects.toThrow('invalid response to the custommsg hook');
  });
});

describe('openchannel', () => {
  test('gets the offer of a peer, and no channel that the node opens', async () => {
    const plugin = await hooking('openchannel', CONTINUE);
    const { ask } = await connected(plugin);
    await ask('dev-open-channel');
    const channel = (await ask('dev-open-channel', { by_peer: true, push_msat: 5 })).result;
    expect(channel?.['state']).toBe('CHANNELD_NORMAL');
    expect(await callsOf(plugin, 'openchannel')).toEqual([
      {
        openchannel: expect.objectContaining({
          id: channel?.['peer_id'],
          funding_msat: 1_000_000_000,
          push_msat: 5,
          channel_reserve_msat: 10_000_000,
          channel_type: { bits: [12, 22], names: ['static_remotekey/even', 'anchors/even'] },
        }) as unknown,
      },
    ]);
  });

  test('rejects a channel', async () => {
    const result = "{ result: 'reject', error_message: 'too small' }";
    const { ask, sandbox } = await connected(await hooking('openchannel', result));
    expect((await ask('dev-open-channel', { by_peer: true })).error?.message).toBe(
      'A plugin rejected the channel: too small',
    );
    expect((await ask('listpeerchannels')).result).toEqual({ channels: [] });
    expect(sandbox.lines.join('\n')).toContain("openchannel hook rejects and says 'too small'");
  });
});

test('a hook that the sandbox never calls is logged', async () => {
  const plugin = await hooking('db_write', CONTINUE);
  const { sandbox } = await connected(plugin);
  expect(sandbox.lines.join('\n')).toContain('the sandbox never calls the hooks db_write');
});
