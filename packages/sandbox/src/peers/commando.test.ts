import { connect as connectTcp } from 'node:net';
import { once } from 'node:events';
import { CommandoClient, createIdentity, identityOf } from '@clnrest/commando';
import { describe, expect, test } from 'vitest';
import { SocketClient } from '../testing/socket-client.ts';
import { temporarySandbox, type TestSandbox } from '../testing/temporary-sandbox.ts';
import { received, writePlugin } from '../testing/test-plugin.ts';

interface Reply {
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: unknown };
}

/** A sandbox that listens for peers over TCP and WebSockets. */
interface Listening {
  readonly sandbox: TestSandbox;
  /** `ID@127.0.0.1:PORT` */
  readonly address: string;
  readonly port: number;
  ask(method: string, params?: object): Promise<Reply>;
  rune(...restrictions: string[][]): Promise<string>;
}

async function listening(
  options: { directory?: string; args?: readonly string[]; port?: number } = {},
): Promise<Listening> {
  const { args = [], port: given = 0, ...rest } = options;
  const sandbox = await temporarySandbox({
    ...rest,
    args: [`--bind-addr=127.0.0.1:${given}`, ...args],
  });
  const client = await SocketClient.connect(sandbox.rpcPath);
  const ask = async (method: string, params: object = {}): Promise<Reply> => {
    const { result, error } = await client.call(method, params);
    return { result, error } as Reply;
  };
  const { result } = await ask('getinfo');
  const [{ port } = { port: 0 }] = (result?.['binding'] ?? []) as { port: number }[];
  const rune = async (...restrictions: string[][]): Promise<string> =>
    String((await ask('createrune', { restrictions })).result?.['rune']);
  return { sandbox, address: `${sandbox.id}@127.0.0.1:${port}`, port, ask, rune };
}

/** Connects one sandbox to another. */
async function connected(from: Listening, to: Listening): Promise<void> {
  const reply = await from.ask('connect', { id: to.address });
  expect(reply.error).toBeUndefined();
}

async function peersOf({ ask }: Listening): Promise<{ id: string; netaddr: string[] }[]> {
  const { result } = await ask('listpeers');
  return ((result?.['peers'] ?? []) as { id: string; netaddr: string[] }[]).filter(
    ({ netaddr }) => netaddr !== undefined,
  );
}

describe('two sandboxes', () => {
  test('connect, list each other, and disconnect', async () => {
    const [alice, bob] = [await listening(), await listening()];
    const { result } = await alice.ask('connect', { id: bob.address });
    expect(result).toEqual({
      id: bob.sandbox.id,
      features: '800898880a8a59a1',
      direction: 'out',
      address: { type: 'ipv4', address: '127.0.0.1', port: bob.port },
    });
    const { result: own } = await alice.ask('listpeers', { id: bob.sandbox.id });
    expect(own).toEqual({
      peers: [
        {
          id: bob.sandbox.id,
          connected: true,
          num_channels: 0,
          netaddr: [`127.0.0.1:${bob.port}`],
          features: '800898880a8a59a1',
        },
      ],
    });
    expect((await peersOf(bob)).map(({ id }) => id)).toContain(alice.sandbox.id);
    expect((await alice.ask('ping', { id: bob.sandbox.id, pongbytes: 10 })).result).toEqual({
      totlen: 14,
    });
    const longest = { id: bob.sandbox.id, len: 65_529, pongbytes: 65_531 };
    expect((await alice.ask('ping', longest)).result).toEqual({ totlen: 65_535 });
    expect((await alice.ask('ping', { ...longest, len: 65_530 })).error).toEqual({
      code: -32602,
      message: '65530 would result in oversize ping',
    });
    expect((await alice.ask('ping', { ...longest, pongbytes: 65_536 })).error).toEqual({
      code: -32602,
      message: 'pongbytes 65536 > 65535',
    });
    expect((await alice.ask('disconnect', { id: bob.sandbox.id })).result).toEqual({});
    expect((await alice.ask('ping', { id: bob.sandbox.id })).error).toEqual({
      code: -1,
      message: 'Peer not connected',
    });
  });

  test('command each other at the same time', async () => {
    const [alice, bob] = [await listening(), await listening()];
    await connected(alice, bob);
    const [aliceRune, bobRune] = [await alice.rune(), await bob.rune()];
    const commands = Array.from({ length: 20 }, async (_, at) => {
      const [from, to, rune] = at % 2 === 0 ? [alice, bob, bobRune] : [bob, alice, aliceRune];
      // A connection of its own: its replies arrive in any order.
      const caller = await SocketClient.connect(from.sandbox.rpcPath);
      const params = { peer_id: to.sandbox.id, method: 'getinfo', rune };
      const { result } = await caller.call('commando', params);
      return (result as { id: string }).id === to.sandbox.id;
    });
    expect(await Promise.all(commands)).toEqual(Array.from({ length: 20 }, () => true));
  });

  test('get the errors of lightningd v26.06.6', async () => {
    const [alice, bob] = [await listening(), await listening()];
    const peer_id = bob.sandbox.id;
    const rune = await bob.rune(['method=getinfo']);
    const foreign = await alice.rune();
    const errorOf = async (params: object) =>
      (await alice.ask('commando', { peer_id, method: 'getinfo', ...params })).error;
    expect(await errorOf({ rune })).toEqual({
      code: -32600,
      message: `No such peer: ${peer_id}`,
    });
    await connected(alice, bob);
    expect(await errorOf({})).toEqual({ code: 19536, message: 'Missing rune' });
    expect(await errorOf({ rune: 'xyz' })).toEqual({ code: 19536, message: 'Invalid rune' });
    expect(await errorOf({ rune, params: 'x' })).toEqual({ code: 19536, message: 'Invalid JSON' });
    expect(await errorOf({ rune: foreign })).toEqual({
      code: 19537,
      message: 'Invalid rune: Not authorized: Not derived from master',
    });
    expect(await errorOf({ rune, method: 'listpeers' })).toEqual({
      code: 19537,
      message: 'Invalid rune: Not permitted: method is not equal to getinfo',
    });
    const all = await bob.rune();
    expect(await errorOf({ rune: all, method: 'nosuch' })).toEqual({
      code: -32601,
      message: "Unknown command 'nosuch'",
    });
    await bob.ask('blacklistrune', { start: 0, end: 9 });
    expect(await errorOf({ rune: all })).toEqual({
      code: 19537,
      message: 'Invalid rune: Not authorized: Blacklisted rune',
    });
  });

  test('pass parameters, filters and data of errors on', async () => {
    const [alice, bob] = [await listening(), await listening()];
    await connected(alice, bob);
    const base = { peer_id: bob.sandbox.id, rune: await bob.rune() };
    const filter = { id: true };
    expect((await alice.ask('commando', { ...base, method: 'getinfo', filter })).result).toEqual({
      id: bob.sandbox.id,
    });
    const params = { amount_msat: 1, label: 'l', description: 'd' };
    const made = await alice.ask('commando', { ...base, method: 'invoice', params });
    const again = await bob.ask('invoice', { ...params });
    expect(made.result).toMatchObject({ created_index: 1 });
    expect((await alice.ask('commando', { ...base, method: 'invoice', params })).error).toEqual(
      again.error,
    );
    const listed = { ...base, method: 'listinvoices', params: ['l'] };
    expect((await alice.ask('commando', listed)).result).toMatchObject({
      invoices: [{ label: 'l', amount_msat: 1 }],
    });
  });

  test('fail the commands that wait for a peer that disconnects, and cancel them there', async () => {
    const [alice, bob] = [await listening(), await listening()];
    await connected(alice, bob);
    const params = { peer_id: bob.sandbox.id, method: 'waitanyinvoice', rune: await bob.rune() };
    const caller = await SocketClient.connect(alice.sandbox.rpcPath);
    const waiting = caller.call('commando', params);
    // The command has arrived when a later one has its reply.
    await alice.ask('commando', { ...params, method: 'getinfo' });
    await bob.ask('disconnect', { id: alice.sandbox.id });
    expect((await waiting).error).toEqual({
      code: 19535,
      message: 'The peer disconnected before it replied',
    });
  });

  test('are unknown to each other with a wrong id or at a wrong port', async () => {
    const [alice, bob] = [await listening(), await listening()];
    const other = identityOf('11'.repeat(32)).nodeId;
    expect((await alice.ask('connect', { id: `${other}@127.0.0.1:${bob.port}` })).error).toEqual({
      code: 401,
      message: `All addresses failed: 127.0.0.1:${bob.port}: Cryptographic handshake: peer closed connection (wrong key?). `,
    });
    await bob.sandbox.stop();
    expect((await alice.ask('connect', { id: bob.address })).error).toEqual({
      code: 401,
      message: `All addresses failed: 127.0.0.1:${bob.port}: Connection establishment: Connection refused. `,
    });
  });
});

describe('the client', () => {
  test.each(['', 'ws'])('calls commands over TCP or a WebSocket (%s)', async (kind) => {
    const port = await import('@clnrest/testing').then(({ freePort }) => freePort());
    const { sandbox, address, rune, ask } = await listening({
      args: [`--bind-addr=ws:127.0.0.1:${port}`],
    });
    const client = new CommandoClient({
      address: kind === '' ? address : `${sandbox.id}@ws://127.0.0.1:${port}`,
      rune: await rune(),
    });
    const { id } = await client.call('getinfo');
    expect(id).toBe(sandbox.id);
    const { peers } = await client.call('listpeers', { id: client.nodeId });
    expect(peers).toMatchObject([{ id: client.nodeId, connected: true, num_channels: 0 }]);
    const prefix = kind === '' ? '' : '(ws)';
    const found = (await peersOf({ ask } as Listening)).find(({ id }) => id === client.nodeId);
    expect(found?.netaddr[0]?.startsWith(`${prefix}127.0.0.1:`)).toBe(true);
    client.close();
  });

  test('with a rune for its id is served, and any other is not', async () => {
    const { address, rune } = await listening();
    const identity = createIdentity();
    const restricted = await rune([`id=${identity.nodeId}`], ['method=listpeers']);
    const own = new CommandoClient({ address, rune: restricted, ...identity });
    const params = { id: identity.nodeId };
    expect((await own.call('listpeers', params)).peers).toMatchObject([{ id: identity.nodeId }]);
    const other = new CommandoClient({ address, rune: restricted });
    await expect(other.call('listpeers', params)).rejects.toMatchObject({
      code: 'rune_not_permitted',
      message: `Invalid rune: Not permitted: id is not equal to ${identity.nodeId}`,
      mayHaveRun: false,
    });
  });

  test('gets a result of 5 MB', async () => {
    const { address, ask, rune } = await listening();
    const description = 'd'.repeat(500_000);
    for (let label = 0; label < 10; label++) {
      await ask('invoice', { amount_msat: 1, label, description, deschashonly: true });
    }
    const client = new CommandoClient({ address, rune: await rune() });
    const { invoices } = await client.call('listinvoices');
    expect(invoices).toHaveLength(10);
    expect(invoices.every((invoice) => invoice.description?.length === 500_000)).toBe(true);
    client.close();
  });

  test('that disconnects cancels its waiting command, and the node goes on', async () => {
    const { address, ask, rune } = await listening();
    const client = new CommandoClient({ address, rune: await rune() });
    const waiting = client.call('waitanyinvoice').catch((error: unknown) => error);
    await client.call('getinfo');
    client.close();
    expect(await waiting).toMatchObject({ code: 'cancelled', mayHaveRun: true });
    const other = new CommandoClient({ address, rune: await rune() });
    expect((await other.call('getinfo')).num_peers).toBeLessThanOrEqual(2);
    expect((await ask('getinfo')).error).toBeUndefined();
  });

  test('calls again after a restart of the node', async () => {
    const first = await listening();
    const directory = first.sandbox.lightningDir;
    const client = new CommandoClient({ address: first.address, rune: await first.rune() });
    await client.call('getinfo');
    const waiting = client.call('waitanyinvoice').catch((error: unknown) => error);
    await client.call('getinfo');
    await first.sandbox.stop();
    expect(await waiting).toMatchObject({ code: 'connection_failed', mayHaveRun: true });
    const second = await listening({ directory, port: first.port });
    expect((await client.call('getinfo')).id).toBe(second.sandbox.id);
  });

  test('with the same identity replaces an earlier connection', async () => {
    const { address, rune } = await listening();
    const options = { address, rune: await rune(), ...createIdentity() };
    const [one, two] = [new CommandoClient(options), new CommandoClient(options)];
    await one.call('getinfo');
    const waiting = one.call('waitanyinvoice').catch((error: unknown) => error);
    await one.call('getinfo');
    await two.call('getinfo');
    expect(await waiting).toMatchObject({ code: 'connection_failed', mayHaveRun: true });
  });

  test('gets at most 32 commands at once; the others are refused and did not run', async () => {
    const { address, ask, rune } = await listening();
    const client = new CommandoClient({ address, rune: await rune() });
    const waits = Array.from({ length: 40 }, () =>
      client.call('waitanyinvoice').catch((error: unknown) => error),
    );
    const refused = await Promise.all(waits.slice(32));
    expect(refused).toEqual(
      Array.from({ length: 8 }, () =>
        expect.objectContaining({ code: 'request_refused', mayHaveRun: false }),
      ),
    );
    await ask('invoice', { amount_msat: 1, label: 'a', description: 'd' });
    await ask('dev-pay-invoice', { label: 'a' });
    expect(await Promise.all(waits.slice(0, 32))).toEqual(
      Array.from({ length: 32 }, () => expect.objectContaining({ label: 'a', status: 'paid' })),
    );
  });
});

describe('plugins', () => {
  test('get messages by notifications, and handle even types that their manifests name', async () => {
    const plugin = await writePlugin({
      manifest: { subscriptions: ['custommsg'], custommessages: [40_000] },
    });
    const node = await listening({ args: [`--plugin=${plugin.path}`] });
    const one = await listening();
    await connected(one, node);
    const sent = ['9c40', '7777ab', '9c41'];
    for (const msg of sent) {
      expect(await one.ask('sendcustommsg', { node_id: node.sandbox.id, msg })).toMatchObject({
        result: { status: 'Message sent to connectd for delivery' },
      });
    }
    await plugin.waitForNote((note) => JSON.stringify(note).includes('9c41'));
    const notes = received(await plugin.notes(), 'custommsg').map(
      (raw) => (JSON.parse(raw) as { params: { custommsg: unknown } }).params.custommsg,
    );
    expect(notes).toEqual(sent.map((payload) => ({ peer_id: one.sandbox.id, payload })));
    expect((await one.ask('sendcustommsg', [node.sandbox.id, '0012'])).error).toEqual({
      code: -32600,
      message: expect.stringMatching(/^Cannot send messages of type 18 \(WIRE_PING\)/) as string,
    });
  });

  test('decide with peer_connected, and get messages with custommsg', async () => {
    const plugin = await writePlugin({
      manifest: { hooks: [{ name: 'peer_connected' }, { name: 'custommsg' }] },
      body: `
        let count = 0;
        on('peer_connected', async ({ peer }) => {
          note('peer ' + peer.id + ' ' + peer.direction);
          return { result: count++ === 0 ? 'continue' : 'disconnect' };
        });
        on('custommsg', async ({ payload }) => (note('message ' + payload), { result: 'continue' }));`,
    });
    const node = await listening({ args: [`--plugin=${plugin.path}`] });
    const [one, two] = [await listening(), await listening()];
    await connected(one, node);
    const sent = await one.ask('sendcustommsg', { node_id: node.sandbox.id, msg: '9c410102' });
    expect(sent.error).toBeUndefined();
    await plugin.waitForNote((note) => note === 'message 9c410102');
    await two.ask('connect', { id: node.address });
    await plugin.waitForNote((note) => note === `peer ${two.sandbox.id} in`);
    expect((await peersOf(node)).map(({ id }) => id)).not.toContain(two.sandbox.id);
  });
});

describe('the port for peers', () => {
  test('must be free, and an address', async () => {
    const { port } = await listening();
    await expect(listening({ port })).rejects.toMatchObject({
      code: 'bad_option',
      message: expect.stringContaining(`Failed to bind socket for 127.0.0.1:${port}`) as string,
    });
    await expect(listening({ args: ['--bind-addr=autotor:1'] })).rejects.toMatchObject({
      code: 'bad_option',
    });
  });

  test('accepts 32 unauthenticated connections of one address, and peers go on', async () => {
    const { address, port, rune } = await listening();
    const client = new CommandoClient({ address, rune: await rune() });
    await client.call('getinfo');
    const sockets = Array.from({ length: 40 }, () => connectTcp(port, '127.0.0.1'));
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    // The surplus connections are closed.
    const surplus = sockets.map(async (socket) => {
      socket.resume();
      await once(socket, 'close');
    });
    let closed = 0;
    await new Promise<void>((resolve) => {
      for (const each of surplus) void each.then(() => ++closed === 8 && resolve());
    });
    expect((await client.call('getinfo')).num_peers).toBeGreaterThan(0);
    for (const socket of sockets) socket.destroy();
  });
});
