import { describe, expect, test } from 'vitest';
import { SocketClient } from '../testing/socket-client.ts';
import { temporarySandbox } from '../testing/temporary-sandbox.ts';
import { received, writePlugin, type WrittenPlugin } from '../testing/test-plugin.ts';

/** A plugin whose hook returns this result, a JavaScript expression that can use `params`. */
function hooking(name: string, result: string, hook: object = {}): Promise<WrittenPlugin> {
  return writePlugin({
    name,
    manifest: { hooks: [{ name: 'rpc_command', filters: ['listpays', 'getinfo'], ...hook }] },
    body: `on('rpc_command', (params) => (${result}));`,
  });
}

const CONTINUE = "{ result: 'continue' }";

async function connected(...plugins: readonly WrittenPlugin[]) {
  const sandbox = await temporarySandbox({
    args: [...plugins.map(({ path }) => `--plugin=${path}`), '--log-level=debug'],
  });
  const client = await SocketClient.connect(sandbox.rpcPath);
  return {
    sandbox,
    /** Sends a request with these params, and returns the reply. */
    ask: async (method: string, params = '{}'): Promise<string> => {
      client.write(`{"jsonrpc":"2.0","id":"me","method":"${method}","params":${params}}`);
      return (await client.read()) ?? '';
    },
  };
}

describe('the hook rpc_command', () => {
  test('gets the request as it was sent, only for the commands of its filters', async () => {
    const plugin = await hooking('hooking', CONTINUE);
    const { ask } = await connected(plugin);
    expect(await ask('listpays', '{ "limit":1, "index" :"created"}')).toContain('"pays":[]');
    expect(await ask('listfunds')).toContain('"outputs"');
    expect(received(await plugin.notes(), 'rpc_command')).toEqual([
      expect.stringMatching(
        /^\{"jsonrpc":"2\.0","id":"me\/cln:rpc_command#\d+","method":"rpc_command","params":\{"rpc_command":\{"jsonrpc":"2\.0","id":"me","method":"listpays","params":\{ "limit":1, "index" :"created"\}\}\}\}$/,
      ),
    ]);
  });

  test('is called for every command without filters', async () => {
    const plugin = await hooking('hooking', CONTINUE, { filters: undefined });
    const { ask } = await connected(plugin);
    await ask('listfunds');
    await ask('nosuch');
    expect(received(await plugin.notes(), 'rpc_command')).toHaveLength(1);
  });

  test('can replace the request, whose reply keeps the id', async () => {
    const replacement = `{ ...params.rpc_command, id: 7, method: 'invoice', params: { amount_msat: 1, label: 'a', description: 'b' } }`;
    const { ask } = await connected(await hooking('hooking', `{ replace: ${replacement} }`));
    expect(await ask('getinfo')).toMatch(/^\{"jsonrpc":"2\.0","id":"me","result":\{"payment_hash"/);
  });

  test.each([
    ['a result', '{ return: { result: { a: 1 } } }', '"result":{"a":1}}'],
    [
      'an error',
      "{ return: { error: { code: 7, message: 'no' } } }",
      '"error":{"code":7,"message":"no"}}',
    ],
  ])('can reply with %s', async (_, result, reply) => {
    const { ask } = await connected(await hooking('hooking', result));
    expect((await ask('getinfo')).trim()).toBe(`{"jsonrpc":"2.0","id":"me",${reply}`);
  });

  test.each([
    ['{ replace: 1 }', "'replace' must be an object (1)"],
    ['{ replace: {} }', "missing 'method' ({})"],
    [
      "{ replace: { jsonrpc: '2.0', id: 1, method: 'nosuch', params: {} } }",
      "redirected to unknown method 'nosuch' (",
    ],
  ])('fails the request if its replacement is invalid: %s', async (result, message) => {
    const { ask } = await connected(await hooking('hooking', result));
    const { error } = JSON.parse(await ask('getinfo')) as {
      error: { code: number; message: string };
    };
    expect(error.code).toBe(-32600);
    expect(error.message).toContain(`Bad response to 'rpc_command' hook: ${message}`);
  });

  test('is ignored if its result is invalid', async () => {
    const { ask, sandbox } = await connected(await hooking('hooking', '{ other: 1 }'));
    expect(await ask('getinfo')).toContain('"alias"');
    expect(sandbox.lines.join('\n')).toContain(
      "**BROKEN** lightningd: Bad response to 'rpc_command' hook.",
    );
  });

  test('of several plugins is called in the order that they require; the first change counts', async () => {
    const first = await hooking('first.js', '{ return: { result: { by: 1 } } }', {
      after: ['second'],
    });
    const second = await hooking('second', '{ return: { result: { by: 2 } } }');
    const { ask, sandbox } = await connected(first, second);
    expect(await ask('getinfo')).toContain('"result":{"by":2}');
    expect(received(await first.notes(), 'rpc_command')).toHaveLength(1);
    expect(sandbox.lines.join('\n')).toContain(
      "rpc_command hook 'getinfo' already modified, ignoring.",
    );
  });

  test('logs requirements that name unknown plugins', async () => {
    const first = await hooking('first.js', CONTINUE, { before: ['typo'], after: ['second'] });
    const second = await hooking('second', CONTINUE, { after: ['other.py'] });
    const { sandbox } = await connected(first, second);
    const lines = sandbox.lines.filter((line) => line.includes('unknown plugin'));
    expect(lines.map((line) => line.replace(/^.*plugin-/, ''))).toEqual([
      'second: hook rpc_command after unknown plugin other.py',
      'first.js: hook rpc_command before unknown plugin typo',
    ]);
  });

  test('kills plugins that require contradictory orders', async () => {
    const plugins = await Promise.all(
      ['one', 'two'].map((name, _, [a = '', b = '']) =>
        hooking(name, CONTINUE, { before: [name === a ? b : a] }),
      ),
    );
    const { sandbox } = await connected(...plugins);
    for (const name of ['one', 'two']) {
      expect(sandbox.lines.join('\n')).toContain(
        `plugin-${name}: Killing plugin: Cannot meet required hook dependencies`,
      );
    }
  });

  test('continues if the plugin ends', async () => {
    const { ask } = await connected(await hooking('hooking', 'process.exit(0)'));
    expect(await ask('getinfo')).toContain('"alias"');
    expect(await ask('getinfo')).toContain('"alias"');
  });
});
