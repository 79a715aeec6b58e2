import { realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryDirectory } from '@clnrest/testing';
import { SocketClient } from '../testing/socket-client.ts';
import { temporarySandbox, type TestSandbox } from '../testing/temporary-sandbox.ts';
import {
  received,
  type TestPlugin,
  writePlugin,
  type WrittenPlugin,
} from '../testing/test-plugin.ts';

async function hosted(
  plugin: TestPlugin,
  args: readonly string[] = [],
): Promise<{ plugin: WrittenPlugin; sandbox: TestSandbox; client: SocketClient }> {
  const written = await writePlugin(plugin);
  const sandbox = await temporarySandbox({
    args: [`--plugin=${written.path}`, '--log-level=debug', ...args],
  });
  return { plugin: written, sandbox, client: await SocketClient.connect(sandbox.rpcPath) };
}

function lineWith(sandbox: TestSandbox, text: string): string | undefined {
  return sandbox.lines.find((line) => line.includes(text));
}

/** Resolves when a logged line contains the text. */
async function logged(sandbox: TestSandbox, text: string): Promise<string> {
  const line = lineWith(sandbox, text);
  if (line !== undefined) return line;
  await new Promise<void>((resolve) => {
    const end = sandbox.onLog(({ message }) => {
      if (!message.includes(text)) return;
      end();
      resolve();
    });
  });
  return lineWith(sandbox, text) ?? '';
}

/** The options of the plugin in the recordings of a real node. */
const OPTIONS = [
  { name: 'rest-port', type: 'int', description: 'REST port' },
  { name: 'rest-protocol', type: 'string', description: 'REST protocol', default: 'https' },
  { name: 'rest-host', type: 'string', description: 'REST host', default: '127.0.0.1' },
  { name: 'rest-certs', type: 'string', description: 'REST certs dir' },
  {
    name: 'rest-cors-origins',
    type: 'string',
    description: 'CORS origins',
    multi: true,
    default: '*',
  },
  { name: 'clnrest-cors-origins', type: 'string', description: 'CORS origins', multi: true },
  { name: 'shim-flag', type: 'flag', description: 'a flag, no default' },
  { name: 'shim-bool', type: 'bool', description: 'a bool, default', default: false },
  { name: 'shim-dyn', type: 'string', description: 'dynamic option', default: 'd0', dynamic: true },
  { name: 'shim-multi-int', type: 'int', description: 'multi int', multi: true },
];

describe('getmanifest and init', () => {
  test('match the recording without options', async () => {
    const { plugin, sandbox } = await hosted({ manifest: { options: OPTIONS } });
    const notes = await plugin.notes();
    expect(received(notes, 'getmanifest')).toEqual([
      '{"jsonrpc":"2.0","id":"cln:getmanifest#0","method":"getmanifest","params":{"allow-deprecated-apis":true}}',
    ]);
    expect(received(notes, 'init')).toEqual([
      `{"jsonrpc":"2.0","id":"cln:init#1","method":"init","params":{"options":{"rest-protocol":"https","rest-host":"127.0.0.1","rest-cors-origins":["*"],"shim-bool":false,"shim-dyn":"d0"},"configuration":{"lightning-dir":"${sandbox.networkDir}","rpc-file":"lightning-rpc","startup":true,"network":"regtest","feature_set":{"init":"800898880a8a59a1","node":"808898880a8a59a1","channel":"","invoice":"02000002024100","bolt12_offer":"","bolt12_invreq":"","bolt12_invoice":"020000","channel_type":"08800000800000"}}}}`,
    ]);
  });

  test('match the recording with all options', async () => {
    const { plugin } = await hosted({ manifest: { options: OPTIONS } }, [
      '--developer',
      '--rest-port=3010',
      '--rest-protocol=http',
      '--rest-certs=/home/bitcoin/certs',
      '--rest-cors-origins=https://a.example',
      '--rest-cors-origins=https://b.example:5001',
      '--clnrest-cors-origins=https://c.example',
      '--shim-flag',
      '--shim-bool=yes',
      '--shim-dyn=xyz',
      '--shim-multi-int=1',
      '--shim-multi-int=0x2',
    ]);
    const notes = await plugin.notes();
    expect(received(notes, 'getmanifest')[0]).toContain('{"allow-deprecated-apis":false}');
    expect(received(notes, 'init')[0]).toContain(
      '"options":{"rest-port":3010,"rest-protocol":"http","rest-host":"127.0.0.1","rest-certs":"/home/bitcoin/certs","rest-cors-origins":["https://a.example","https://b.example:5001"],"clnrest-cors-origins":["https://c.example"],"shim-flag":true,"shim-bool":true,"shim-dyn":"xyz","shim-multi-int":[1,2]},',
    );
  });

  test('a plugin runs in the network directory, with the environment of lightningd', async () => {
    const { plugin, sandbox } = await hosted(
      {
        body: 'note({ cwd: process.cwd(), plugin: process.env.LIGHTNINGD_PLUGIN, version: process.env.LIGHTNINGD_VERSION, argv: process.argv.slice(2) });',
      },
      ['--developer'],
    );
    expect(await plugin.notes()).toContainEqual({
      cwd: realpathSync(sandbox.networkDir),
      plugin: '1',
      version: 'v26.06.6-sandbox',
      argv: ['--developer'],
    });
  });

  test.each([
    ['--rest-port=abc', "--rest-port=abc: 'abc' is not a number"],
    ['--rest-port=', "--rest-port=: '' is not a number"],
    [
      '--rest-port=99999999999999999999',
      "--rest-port=99999999999999999999: '99999999999999999999' is out of range",
    ],
    ['--rest-port', '--rest-port: requires an argument'],
    ['--shim-flag=1', "--shim-flag=1: doesn't allow an argument"],
    ['--shim-bool=maybe', "--shim-bool=maybe: Invalid argument 'maybe'"],
    ['--clnrest-port=3010', '--clnrest-port=3010: unknown option'],
  ])('%s prevents the start', async (arg, message) => {
    await expect(hosted({ manifest: { options: OPTIONS } }, [arg])).rejects.toMatchObject({
      code: 'bad_option',
      message,
    });
  });

  test('the last value of an option overrides the others', async () => {
    const { plugin } = await hosted({ manifest: { options: OPTIONS } }, [
      '--rest-port=1',
      '--rest-port=2',
    ]);
    expect(received(await plugin.notes(), 'init')[0]).toContain('"options":{"rest-port":2,');
  });

  test('an option that two plugins declare prevents the start', async () => {
    const options = [{ name: 'rest-port', type: 'int', description: 'd' }];
    const other = await writePlugin({ name: 'other', manifest: { options } });
    await expect(
      hosted({ manifest: { options } }, [`--plugin=${other.path}`]),
    ).rejects.toMatchObject({
      code: 'plugin_failed',
      message: expect.stringMatching(
        /^error starting plugin '.*': option name 'rest-port' is already taken$/,
      ) as string,
    });
  });

  test('a conflict with a bundled plugin is explained, and --clear-plugins removes the bundled one', async () => {
    const manifest = { options: [{ name: 'rest-port', type: 'int', description: 'd' }] };
    const bundled = await writePlugin({ name: 'rest', manifest });
    const mine = await writePlugin({ name: 'rest', manifest });
    const start = (...args: string[]) => temporarySandbox({ plugins: [bundled.path], args });
    await expect(start(`--plugin=${mine.path}`)).rejects.toThrow(
      `'rest-port' is already taken. The sandbox starts ${realpathSync(bundled.path)} by default: remove ${realpathSync(mine.path)}, or put --clear-plugins before it to replace the bundled plugin`,
    );
    await start('--clear-plugins', `--plugin=${mine.path}`);
    expect(await bundled.notes()).not.toContainEqual({
      raw: expect.stringContaining('"init"') as string,
    });
    expect(received(await mine.notes(), 'init')).toHaveLength(1);
  });

  test('a plugin cannot declare an option of the node', async () => {
    const options = [{ name: 'alias', type: 'string', description: 'd' }];
    await expect(hosted({ manifest: { options } })).rejects.toThrow(
      "option name 'alias' is already taken",
    );
  });
});

describe('a plugin that declines', () => {
  test('at getmanifest', async () => {
    const { sandbox, client } = await hosted({ manifest: { disable: 'I refuse' } });
    expect(lineWith(sandbox, 'Killing plugin')).toMatch(
      /^[0-9T:.-]+Z INFO {4}plugin-test-plugin: Killing plugin: disabled itself: I refuse$/,
    );
    expect((await client.call('plugin', ['list'])).result).toEqual({
      command: 'list',
      plugins: [],
    });
  });

  test('at init', async () => {
    const { sandbox } = await hosted({
      body: "on('init', () => ({ disable: '`rest-port` is not set' }));",
    });
    expect(lineWith(sandbox, 'Killing plugin')).toMatch(
      /^[0-9T:.-]+Z DEBUG {3}plugin-test-plugin: Killing plugin: disabled itself at init: `rest-port` is not set$/,
    );
  });

  test.each(['null', 'true', '5', '"x"', '[]', '{}'])('not with the result %s', async (result) => {
    const { client } = await hosted({ body: `on('init', () => (${result}));` });
    expect((await client.call('plugin', ['list'])).result).toMatchObject({
      plugins: [{ active: true }],
    });
  });

  test('with an error reply keeps running', async () => {
    const { client } = await hosted({ body: "on('init', () => { throw new Error('no'); });" });
    expect((await client.call('plugin', ['list'])).result).toMatchObject({
      plugins: [{ active: true }],
    });
  });
});

describe('a plugin that fails', () => {
  test.each([
    [
      'exits at once',
      { body: 'process.exit(1)' },
      'INFO    plugin-test-plugin: Killing plugin: exited before replying to getmanifest',
    ],
    [
      'exits at init',
      { body: "on('init', () => process.exit(1));" },
      'INFO    plugin-test-plugin: Killing plugin: exited before replying to init',
    ],
    [
      'writes nonsense',
      { body: "on('init', () => { write('oops'); });" },
      "UNUSUAL plugin-test-plugin: Killing plugin: Failed to parse RPC JSON response 'oops'",
    ],
    [
      'writes what is no JSON-RPC',
      { body: "on('init', () => { write('{\"id\":1}'); });" },
      'UNUSUAL plugin-test-plugin: Killing plugin: JSON-RPC message does not contain "jsonrpc" field: \'{"id":1}\'',
    ],
    [
      'has no options',
      { manifest: { options: undefined }, body: "on('getmanifest', () => ({ rpcmethods: [] }));" },
      'UNUSUAL plugin-test-plugin: Killing plugin: "result.options" was not found in the manifest',
    ],
    [
      'has no methods',
      { body: "on('getmanifest', () => ({ options: [] }));" },
      'UNUSUAL plugin-test-plugin: Killing plugin: "result.rpcmethods" missing',
    ],
    [
      'wants a command that exists',
      { manifest: { rpcmethods: [{ name: 'getinfo', usage: '', description: '' }] } },
      'UNUSUAL plugin-test-plugin: Killing plugin: Could not register method "getinfo", a method with that name is already registered',
    ],
    [
      'wants a native topic',
      { manifest: { notifications: [{ method: 'invoice_payment' }] } },
      'UNUSUAL plugin-test-plugin: Killing plugin: plugin attempted to register a native notification topic "invoice_payment"',
    ],
    [
      'logs at an unknown level',
      {
        body: "on('init', () => { send({ method: 'log', params: { level: 'loud', message: 'x' } }); return {}; });",
      },
      'UNUSUAL plugin-test-plugin: Killing plugin: Unknown log-level "loud", valid values are',
    ],
    ...['null', '5', '"x"', '[]'].flatMap((value) => [
      [
        `sends the manifest ${value}`,
        { body: `on('getmanifest', () => (${value}));` },
        'UNUSUAL plugin-test-plugin: Killing plugin: Invalid/missing result tok in ',
      ] as const,
      [
        `logs ${value}`,
        { body: `on('init', () => { send({ method: 'log', params: ${value} }); return {}; });` },
        'UNUSUAL plugin-test-plugin: Killing plugin: Log notification from plugin doesn\'t have a string "message" field',
      ] as const,
      [
        `sends the progress ${value}`,
        {
          body: `on('init', () => { send({ method: 'progress', params: ${value} }); return {}; });`,
        },
        'UNUSUAL plugin-test-plugin: Killing plugin: JSON-RPC notify "id"-field is not present',
      ] as const,
    ]),
    [
      'registers an unknown hook',
      { manifest: { hooks: ['nosuch'] } },
      'UNUSUAL plugin-test-plugin: Killing plugin: Unknown hook name nosuch',
    ],
  ] as const)('%s: the node continues without it', async (_, plugin, line) => {
    const { sandbox, client } = await hosted(plugin);
    expect(await logged(sandbox, 'Killing plugin')).toContain(line);
    expect((await client.call('plugin', ['list'])).result).toEqual({
      command: 'list',
      plugins: [],
    });
  });

  test('an important one that fails prevents the start', async () => {
    const important = await writePlugin({ body: 'process.exit(1)' });
    await expect(
      temporarySandbox({ args: [`--important-plugin=${important.path}`] }),
    ).rejects.toMatchObject({ code: 'plugin_failed' });
  });

  test('an important one that dies later stops the node', async () => {
    const important = await writePlugin({
      manifest: { rpcmethods: [{ name: 'die', usage: '', description: '' }] },
      body: "on('die', () => process.exit(1));",
    });
    const sandbox = await temporarySandbox({ args: [`--important-plugin=${important.path}`] });
    const client = await SocketClient.connect(sandbox.rpcPath);
    client.write('{"jsonrpc":"2.0","id":1,"method":"die","params":{}}');
    await expect(sandbox.stopped).rejects.toMatchObject({ code: 'plugin_failed' });
  });

  test('a file that is not a program does not start', async () => {
    const directory = temporaryDirectory();
    const path = join(directory, 'plain.txt');
    writeFileSync(path, 'no program');
    await expect(temporarySandbox({ args: [`--plugin=${path}`] })).rejects.toMatchObject({
      message: `--plugin=${path}: Failed to register ${path}: Permission denied`,
    });
    await expect(temporarySandbox({ args: ['--plugin=/nosuch'] })).rejects.toMatchObject({
      message: '--plugin=/nosuch: Failed to register /nosuch: No such file or directory',
    });
  });

  test('its standard error is logged', async () => {
    const { sandbox } = await hosted({ body: "console.error('first line\\nsecond');" });
    expect(await logged(sandbox, 'second')).toContain('INFO    plugin-test-plugin: second');
    expect(lineWith(sandbox, 'plugin-test-plugin: first line')).toBeDefined();
  });

  test('one that floods its output does not block the node', async () => {
    const { client, sandbox } = await hosted({
      manifest: { rpcmethods: [{ name: 'flood', usage: '', description: '' }] },
      body: `on('flood', () => {
        const line = JSON.stringify({ jsonrpc: '2.0', method: 'log', params: { level: 'debug', message: 'x'.repeat(1000) } });
        let left = 20000;
        const more = () => { while (left-- > 0) if (!write(line)) { process.stdout.once('drain', more); return; } };
        more();
        return { flooding: true };
      });`,
    });
    client.write('{"jsonrpc":"2.0","id":1,"method":"flood","params":{}}');
    const other = await SocketClient.connect(sandbox.rpcPath);
    for (let i = 0; i < 20; i++) expect((await other.call('getinfo')).result).toBeDefined();
  });
});

describe('commands of plugins', () => {
  const ECHO: TestPlugin = {
    manifest: {
      rpcmethods: [
        { name: 'echo', usage: '[a]', description: 'd' },
        { name: 'fail', usage: '', description: 'd' },
        { name: 'odd', usage: '', description: 'd' },
        { name: 'die', usage: '', description: 'd' },
        { name: 'slow', usage: '', description: 'd' },
      ],
    },
    body: `
      on('echo', (params, message) => ({ got: message }));
      on('fail', () => { throw Object.assign(new Error('no \\u2603'), { code: 777, data: { big: 1 } }); });
      on('odd', (params, { id }) => { write('{ "id" : ' + JSON.stringify(id) + ',\\n\\n "result" : 18446744073709551615,  "jsonrpc":"2.0" }'); });
      on('die', () => process.exit(3));
      on('slow', async (params, { id }) => {
        send({ method: 'message', params: { id, level: 'info', message: 'half way' } });
        send({ method: 'progress', params: { num: 1, total: 2, id } });
        return {};
      });`,
  };

  test('are forwarded byte for byte, with an id that contains the id of the caller', async () => {
    const { plugin, client } = await hosted(ECHO);
    const reply = await client.exchange(
      '{"jsonrpc": "2.0", "id": "c#6", "method": "echo", "params": {"a": 1.0}, "filter": {"got": true}}',
    );
    expect(JSON.parse(reply)).toMatchObject({ id: 'c#6', result: { got: { method: 'echo' } } });
    expect(received(await plugin.notes(), 'echo')).toEqual([
      '{"jsonrpc": "2.0", "id": "c#6/cln:echo#2", "method": "echo", "params": {"a": 1.0}, "filter": {"got": true}}',
    ]);
    expect(await client.exchange('{"jsonrpc":"2.0","id":5,"method":"echo","params":[1]}')).toMatch(
      /^\{"jsonrpc":"2\.0","id":5,/,
    );
    expect(received(await plugin.notes(), 'echo')[1]).toContain('"id":"5/cln:echo#3"');
  });

  test('return replies verbatim, including numbers and white space', async () => {
    const { client } = await hosted(ECHO);
    client.write('{"jsonrpc":"2.0","id":"x","method":"odd","params":{}}');
    expect([await client.read(), await client.read()]).toEqual([
      '{ "id" : "x",',
      ' "result" : 18446744073709551615,  "jsonrpc":"2.0" }',
    ]);
  });

  test('fail with the error of the plugin', async () => {
    const { client } = await hosted(ECHO);
    const { error } = await client.call('fail');
    expect(error).toEqual({ code: 777, message: 'no ☃', data: { big: 1 } });
  });

  test('fail and disappear when the plugin dies', async () => {
    const { client, sandbox } = await hosted(ECHO);
    expect((await client.call('die')).error).toEqual({
      code: -4,
      message: 'Plugin terminated before replying to RPC call.',
    });
    expect(await logged(sandbox, 'Killing plugin')).toContain('exited during normal operation');
    expect((await client.call('die')).error?.code).toBe(-32601);
  });

  test('send progress to a caller that enabled notifications', async () => {
    const { client } = await hosted(ECHO);
    expect(
      await client.exchange('{"jsonrpc":"2.0","id":"s","method":"slow","params":{}}'),
    ).toContain('"result":{}');
    await client.call('notifications', [true]);
    client.write('{"jsonrpc":"2.0","id":"s","method":"slow","params":{}}');
    expect([await client.read(), await client.read(), await client.read()]).toEqual([
      '{"jsonrpc":"2.0","method":"message","params":{"id":"s","level":"info","message":"half way"}}',
      '{"jsonrpc":"2.0","method":"progress","params":{"num":1,"total":2,"id":"s"}}',
      '{"jsonrpc":"2.0","id":"s","result":{}}',
    ]);
  });

  test('appear in help with their usage', async () => {
    const { client } = await hosted(ECHO);
    expect((await client.call('help', ['echo'])).result).toEqual({
      help: [{ command: 'echo [a]' }],
      'format-hint': 'simple',
    });
  });

  test('are checked by a plugin that supports check', async () => {
    const { client } = await hosted(ECHO);
    expect((await client.call('check', ['echo'])).result).toEqual({ command_to_check: 'echo' });
    const can = await hosted({
      manifest: { ...ECHO.manifest, cancheck: true },
      body: "on('check', (params) => ({ checked: params }));",
    });
    expect((await can.client.call('check', { command_to_check: 'echo', a: 1 })).result).toEqual({
      checked: { command_to_check: 'echo', a: 1 },
    });
  });

  test('can return long replies', async () => {
    const { client } = await hosted({
      manifest: { rpcmethods: [{ name: 'long', usage: '', description: '' }] },
      body: "on('long', () => ({ text: 'y'.repeat(20_000_000) }));",
    });
    expect((await client.call('long')).text.length).toBeGreaterThan(20_000_000);
  });
});

describe('framing', () => {
  test('output can be split and merged anywhere', async () => {
    const { sandbox, client } = await hosted({
      manifest: { rpcmethods: [{ name: 'cut', usage: '', description: '' }] },
      body: `on('cut', async (params, { id }) => {
        const pause = () => new Promise((resolve) => setImmediate(resolve));
        const log = JSON.stringify({ jsonrpc: '2.0', method: 'log', params: { level: 'info', message: 'a "q" ☃ }{' } });
        const reply = JSON.stringify({ jsonrpc: '2.0', id, result: { done: ']}' } });
        for (const byte of Buffer.from(log + log + reply)) { process.stdout.write(Buffer.of(byte)); await pause(); }
      });`,
    });
    expect((await client.call('cut')).result).toEqual({ done: ']}' });
    expect(
      sandbox.lines.filter((line) => line.endsWith('plugin-test-plugin: a "q" ☃ }{')),
    ).toHaveLength(2);
  });
});

describe('logging', () => {
  test('has one entry for each line, with the level of the plugin', async () => {
    const { sandbox } = await hosted({
      body: `on('init', () => {
        for (const level of ['debug', 'info', 'unusual', 'warn', 'error']) send({ method: 'log', params: { level, message: level + ' one\\n' + level + ' two' } });
        send({ method: 'log', params: { message: 'no level' } });
        return {};
      });`,
    });
    await logged(sandbox, 'no level');
    const shown = sandbox.lines
      .map((line) => line.slice(25))
      .filter((line) => / (one|two|level)$/.test(line));
    expect(shown).toEqual([
      'DEBUG   plugin-test-plugin: debug one',
      'DEBUG   plugin-test-plugin: debug two',
      'INFO    plugin-test-plugin: info one',
      'INFO    plugin-test-plugin: info two',
      'UNUSUAL plugin-test-plugin: unusual one',
      'UNUSUAL plugin-test-plugin: unusual two',
      'UNUSUAL plugin-test-plugin: warn one',
      'UNUSUAL plugin-test-plugin: warn two',
      '**BROKEN** plugin-test-plugin: error one',
      '**BROKEN** plugin-test-plugin: error two',
      'INFO    plugin-test-plugin: no level',
    ]);
  });
});
