import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { encodePairingLink } from '@clnrest/runes';
import { describe, expect, onTestFinished, test } from 'vitest';
import { call } from './call.ts';
import { listen } from './listen.ts';

const RUNE = 'KUhZzNlECC7pYsz3QVbF1TqjIUYi3oyESTI7n60hLMs9MA==';
// One rune in 64 begins with -.
const DASHED = '-tXzL3GhECjqxj-0lceBQjgOuwPBG3sHQysg8DGnr549MCZtZXRob2Q9Z2V0aW5mbyZwbnVtPDIw';

/** Starts a gateway that records requests and responds with the handler. */
async function startGateway(handler: (request: IncomingMessage, response: ServerResponse) => void) {
  const requests: { url: string | undefined; rune: unknown; body: string }[] = [];
  const server = createServer(async (request, response) => {
    const { url, headers } = request;
    requests.push({ url, rune: headers['rune'], body: await text(request) });
    handler(request, response);
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { requests, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

function respondWith(status: number, body: string) {
  return (_: IncomingMessage, response: ServerResponse): void => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(body);
  };
}

async function run(
  command: typeof call,
  words: readonly string[],
  env: NodeJS.ProcessEnv = {},
  stdin = '',
) {
  let out = '';
  let error = '';
  const terminal = {
    out: (text: string) => void (out += text),
    error: (text: string) => void (error += text),
    input: () => Promise.resolve(stdin),
  };
  const status = await command(words, terminal, { HOME: '/nowhere', ...env });
  return { status, out, error };
}

describe('clnrest call', () => {
  test("sends words by lightning-cli's rules", async () => {
    const { url, requests } = await startGateway(respondWith(201, '{}'));
    const to = ['--url', url, `--rune=${RUNE}`];
    await run(call, [...to, 'getinfo']);
    await run(call, [...to, 'invoice', 'amount_msat=18446744073709551615', 'label=my label']);
    await run(call, ['createrune', ...to, 'null', '[["method=getinfo"]]']);
    await run(call, [...to, '-o', 'echo', 'a=b']);
    await run(call, [...to, '-k', 'echo', '--', '--a=-b']);
    expect(requests).toEqual([
      { url: '/v1/getinfo', rune: RUNE, body: '[]' },
      {
        url: '/v1/invoice',
        rune: RUNE,
        body: '{"amount_msat":18446744073709551615,"label":"my label"}',
      },
      { url: '/v1/createrune', rune: RUNE, body: '[null,[["method=getinfo"]]]' },
      { url: '/v1/echo', rune: RUNE, body: '["a=b"]' },
      { url: '/v1/echo', rune: RUNE, body: '{"--a":"-b"}' },
    ]);
  });

  test.each([
    [[], '{\n   "msat": 9007199254740993,\n   "list": [\n      1.10\n   ]\n}\n'],
    [['-R'], '{"msat":9007199254740993,"list":[1.10]}\n'],
    [['-F'], 'msat=9007199254740993\nlist[0]=1.10\n'],
    [['-H'], 'msat=9007199254740993\nlist=1.10\n'],
    [['-HJ', '--raw', '-F'], 'msat=9007199254740993\nlist[0]=1.10\n'],
  ])('prints as clnrest cli does: %j', async (options, printed) => {
    const { url } = await startGateway(respondWith(201, '{"msat":9007199254740993,"list":[1.10]}'));
    expect(await run(call, [...options, '--url', url, '--rune', RUNE, 'x'])).toEqual({
      status: 0,
      out: printed,
      error: '',
    });
  });

  test('reads the rune from the environment, a file, stdin or an option', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'clnrest-call-'));
    onTestFinished(() => rm(directory, { recursive: true }));
    const file = join(directory, 'rune');
    await writeFile(file, `${RUNE}\n`);
    const { url, requests } = await startGateway(respondWith(201, '{}'));
    const env = { CLNREST_RUNE: 'from-env' };
    await run(call, ['--url', url, 'x'], env);
    await run(call, ['--url', url, '--rune-file', file, 'x'], env);
    await run(call, ['--url', url, '--rune-file=-', 'x'], env, `${RUNE}\n`);
    await run(call, ['--url', url, '--rune=first', '--rune-file', file, 'x'], env);
    expect(requests.map(({ rune }) => rune)).toEqual(['from-env', RUNE, RUNE, 'first']);
  });

  test('takes the URL, the rune and the authority from the environment or a link', async () => {
    const { url, requests } = await startGateway(respondWith(201, '{}'));
    const link = encodePairingLink({ url, rune: RUNE });
    const rune = `LIGHTNING_RUNE="${RUNE}"`;
    for (const [words, env, stdin] of [
      [['getinfo'], { CLNREST_URL: url, CLNREST_RUNE: rune }, ''],
      [['getinfo'], { CLNREST_URL: link }, ''],
      [['--url', link, 'getinfo'], {}, ''],
      [['--url=-', 'getinfo'], {}, `${link}\n`],
      [['--rune-file=-', 'getinfo'], {}, `${link}\n`],
      [['--url', url, '--rune-file=-', 'getinfo'], {}, `{"rune":"${RUNE}"}\n`],
    ] as const) {
      expect(await run(call, words, env, stdin)).toMatchObject({ status: 0 });
    }
    const connection = { CLNREST_URL: url, CLNREST_RUNE: rune };
    await run(listen, [], connection);
    expect(requests).toHaveLength(7);
    expect(new Set(requests.map(({ rune }) => rune))).toEqual(new Set([RUNE]));
    const unreadable = await run(call, ['getinfo'], { ...connection, CLNREST_CA: '/nowhere/ca' });
    expect(unreadable).toMatchObject({ status: 3, error: expect.stringContaining('/nowhere/ca') });
  });

  test('accepts a rune that begins with -', async () => {
    const { url, requests } = await startGateway(respondWith(201, '{}'));
    await run(call, ['--url', url, '--rune', DASHED, 'getinfo']);
    await run(call, ['--rune', DASHED, 'checkrune', DASHED, '--url', url]);
    await run(listen, ['--rune', DASHED, '--url', url]);
    expect(requests.map(({ url, rune, body }) => [url, rune, body])).toEqual([
      ['/v1/getinfo', DASHED, '[]'],
      ['/v1/checkrune', DASHED, `["${DASHED}"]`],
      ['/v1/notifications', DASHED, ''],
    ]);
  });

  test.each([
    [call, ['--rune=x', `--nope:${DASHED}`, 'x']],
    [call, ['--rune=x', '-k', 'checkrune', DASHED]],
    [call, ['--rune=x', 'checkrune', DASHED, '{bad}']],
    [call, ['--rune-file', DASHED, 'x']],
    [call, ['--rune=x', DASHED]],
    [call, [RUNE, 'getinfo', '--url=http://127.0.0.1:1']],
    [listen, ['--rune=x', DASHED]],
  ])('does not quote a rune in errors: %o %j', async (command, words) => {
    const { status, out, error } = await run(command, words);
    expect([status, out]).toEqual([3, '']);
    expect(error).not.toContain(DASHED.slice(2, 12));
    expect(error).not.toContain(RUNE.slice(2, 12));
  });

  test("prints the node's error as JSON, with status 1", async () => {
    const error = '"code":210,"message":"No \\"route\\"","data":{"msat":9007199254740993}';
    const { url } = await startGateway(respondWith(500, `{${error},"error":{${error}}}`));
    const words = ['--url', url, '--rune', RUNE, 'pay'];
    expect(await run(call, words)).toEqual({
      status: 1,
      out: '{\n   "code": 210,\n   "message": "No \\"route\\"",\n   "data": {\n      "msat": 9007199254740993\n   }\n}\n',
      error: '',
    });
    expect((await run(call, ['-R', ...words])).out).toBe(`{${error}}\n`);
    const refused = await startGateway(
      respondWith(401, '{"code":1502,"message":"Not permitted: x"}'),
    );
    const { status, out } = await run(call, ['--url', refused.url, '--rune', RUNE, 'pay']);
    expect([status, JSON.parse(out)]).toEqual([1, { code: 1502, message: 'Not permitted: x' }]);
  });

  test('prints connection errors on stderr, with status 2', async () => {
    const words = ['--rune', RUNE, 'getinfo', '--url'];
    const refused = await run(call, [...words, 'http://127.0.0.1:1']);
    expect(refused).toMatchObject({ status: 2, out: '' });
    expect(refused.error).toMatch(/^clnrest call: Cannot connect to the server: .*ECONNREFUSED/);
    const away = await startGateway(
      respondWith(502, '{"code":-32000,"message":"The node cannot be reached"}'),
    );
    expect(await run(call, [...words, away.url])).toEqual({
      status: 2,
      out: '',
      error: 'clnrest call: The node cannot be reached\n',
    });
    const proxy = await startGateway(respondWith(200, '<html>'));
    expect(await run(call, [...words, proxy.url])).toMatchObject({ status: 2, out: '' });
  });

  test.each([
    [[]],
    [['getinfo']],
    [['--rune=x']],
    [['--rune=x', '--nope', 'getinfo']],
    [['--rune=x', '--url']],
    [['--rune=x', '--url=nonsense', 'getinfo']],
    [['--rune=x', '--ca=/nowhere/ca.pem', 'getinfo']],
    [['--rune-file=/nowhere/rune', 'getinfo']],
    [['--rune=x', '-k', 'getinfo', 'a']],
    [['--rune=x', 'getinfo', '{bad}']],
    [['--rune=x', '../escape']],
  ])('rejects %j with status 3', async (words) => {
    const { status, out, error } = await run(call, words);
    expect([status, out]).toEqual([3, '']);
    expect(error).toMatch(/^clnrest call: .+\n$/);
  });

  test.each([
    [call, '/v1', ''],
    [call, '/v1/getinfo', ''],
    [call, '/node/v1/', '/node'],
    [listen, '/v1/notifications', ''],
  ])('%o rejects a URL with the path %s', async (command, path, prefix) => {
    const { url, requests } = await startGateway(respondWith(201, '{}'));
    const words = ['--rune', RUNE, `--url=${url}${path}`];
    const { status, out, error } = await run(command, command === call ? [...words, 'x'] : words);
    expect([status, out, requests]).toEqual([3, '', []]);
    expect(error).toMatch(/^clnrest (?:call|listen): the URL must not include the API path: /);
    expect(error).toContain(`: use ${url}${prefix}\n`);
  });

  test('keeps the path prefix of a proxy', async () => {
    const { url, requests } = await startGateway(respondWith(201, '{}'));
    await run(call, ['--rune', RUNE, '--url', `${url}/node`, 'getinfo']);
    expect(requests.map(({ url }) => url)).toEqual(['/node/v1/getinfo']);
  });

  test('prints help', async () => {
    for (const words of [['--help'], ['-h', 'getinfo']]) {
      expect(await run(call, words)).toMatchObject({ status: 0, error: '' });
    }
    expect((await run(listen, ['--help'])).out).toContain('--topics=A,B');
  });
});

describe('clnrest listen', () => {
  test('prints one JSON object per line, and the reason for the end', async () => {
    const { url, requests } = await startGateway((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('event: missed\ndata: {"message":"Some are gone"}\n\n');
      response.write('id: 1\nevent: a\ndata: {"a":\ndata: 9007199254740993}\n\n');
      response.end(
        'event: closed\ndata: {"code":1503,"message":"Not authorized: Blacklisted rune"}\n\n',
      );
    });
    const words = ['--url', url, '--rune', RUNE, '--topics', 'a, b'];
    expect(await run(listen, words)).toEqual({
      status: 1,
      out: '{"a": 9007199254740993}\n{\n   "code": 1503,\n   "message": "Not authorized: Blacklisted rune"\n}\n',
      error: 'clnrest listen: subscribed\nclnrest listen: Some are gone\n',
    });
    expect(requests[0]?.url).toBe('/v1/notifications?topics=a,b');
  });

  test('fails as clnrest call does', async () => {
    const words = ['--rune', RUNE, '--url', 'http://127.0.0.1:1'];
    expect(await run(listen, words)).toMatchObject({ status: 2, out: '' });
    expect(await run(listen, ['getinfo'])).toMatchObject({ status: 3, out: '' });
    expect(await run(listen, ['-J'])).toMatchObject({ status: 3, out: '' });
  });
});
