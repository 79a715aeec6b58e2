import { fileURLToPath } from 'node:url';
import { RpcError } from '@clnrest/lightningd';
import { beforeAll, describe, expect, test } from 'vitest';
import { type BuildName, BUILDS, useBothBuilds } from '../support/both-builds.ts';
import { type Answer, ask, post } from '../support/http.ts';
import { BUILD } from '../support/under-test.ts';
import { useNode } from '../support/use-node.ts';

const echo = fileURLToPath(new URL('echo.mjs', import.meta.url));

const nodes = useBothBuilds('http');
let everything: string;

beforeAll(async () => {
  await nodes('rest').rpc.call('plugin', { subcommand: 'start', plugin: echo });
  everything = await nodes('rest').rune();
});

function register(build: BuildName, params: unknown): Promise<unknown> {
  return nodes(build).rpc.call<unknown>(`${build}-register-path`, params as object);
}

/** Why a path can't be registered. */
async function refusal(build: BuildName, params: unknown): Promise<string> {
  const error: unknown = await register(build, params).catch((reason: unknown) => reason);
  if (!(error instanceof RpcError)) throw new Error(`${JSON.stringify(params)} is registered`);
  expect(error.code).toBe(-32700);
  return error.message;
}

/** What the command was given. */
function given(answer: Answer): unknown {
  expect(answer.status).toBe(201);
  return (answer.json() as { params: unknown }).params;
}

function refused(answer: Answer): unknown[] {
  const { code, message } = answer.json() as { code: number; message: string };
  return [answer.status, code, message];
}

describe.each(BUILDS)('a path of the build %s', (build) => {
  const node = () => nodes(build);
  const get = (path: string, rune?: string, method = 'GET') =>
    ask(node(), path, { method, ...(rune !== undefined && { rune }) });

  test('is registered by a command that help shows', async () => {
    const command = `${build}-register-path`;
    const { help } = await node().rpc.call<{ help: { command: string }[] }>('help', { command });
    expect(help[0]?.command).toBe(
      `${command} path rpc_method [http_method] [rune_required] [rune_restrictions]`,
    );
  });

  test('can be checked without any effect', async () => {
    const { rpc } = node();
    const check = {
      command_to_check: `${build}-register-path`,
      path: 'checked',
      rpc_method: 'echo',
    };
    expect(await rpc.call('check', check)).toEqual({ command_to_check: check.command_to_check });
    expect((await post(node(), '/checked', everything, '')).status).toBe(404);
    await expect(rpc.call('check', { ...check, path: '/' })).rejects.toThrow('must not be root');
  });

  test('runs its command with captures as parameters', async () => {
    await register(build, { path: '//v{version}/{capture}/go/', rpc_method: 'echo' });
    expect(given(await post(node(), '/v2/c%20t/go', everything, '{"more":[1]}'))).toEqual({
      version: '2',
      capture: 'c t',
      more: [1],
    });
    expect(given(await post(node(), '/v2/c/go', everything, ''))).toEqual({
      version: '2',
      capture: 'c',
    });
    const twice = await post(node(), '/v2/c/go', everything, '{"version":3}');
    expect(refused(twice)).toEqual([406, -32602, 'Duplicate key: version']);
  });

  test('can be registered for several methods', async () => {
    for (const method of ['POST', 'PUT', 'PATCH', 'delete']) {
      await register(build, ['test/dynamic', 'echo', method]);
    }
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      expect(given(await get('/test/dynamic', everything, method))).toEqual({});
    }
    const message = 'Dynamic path: test/dynamic has no http_method:GET registered';
    expect(refused(await get('/test/dynamic', everything))).toEqual([405, -32601, message]);
    expect((await get('/test/dynamic', everything, 'HEAD')).status).toBe(405);
  });

  test('is refused with the error texts of the built-in plugin', async () => {
    const all = { rpc_method: 'echo', http_method: 'GET' };
    await register(build, { ...all, path: 'c/v{version}/{capture}/go' });
    expect(await refusal(build, ['/', 'echo'])).toBe('Path must not be root');
    expect(await refusal(build, ['', 'echo'])).toBe('Path must not be empty');
    expect(await refusal(build, ['/{*wild}', 'echo'])).toBe('Wildcards not supported');
    expect(await refusal(build, ['c', 'echo', 'HEAD'])).toBe(
      'HEAD is not a supported http method!',
    );
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      expect(await refusal(build, ['c', 'echo', method, false])).toBe(
        'rune_required must be true for anything but GET requests',
      );
    }
    for (const path of ['c/v{version}/{capture}/go', 'c/v{a}/{b}/go', 'c/v1/{capture}/go']) {
      expect(await refusal(build, { ...all, path })).toBe(
        `Conflicting path '${path}' already exists with http_method: GET`,
      );
    }
    await register(build, ['c/v1/{capture}/go', 'echo']);
    expect(await refusal(build, ['openapi.json', 'echo'])).toBe(
      "Path 'openapi.json' is served by the REST server itself",
    );
    expect(await refusal(build, { path: 'c' })).toBe('rpc_method is required');
  });

  test('requires a rune unless it is registered without', async () => {
    await register(build, ['open/{x}', 'echo', 'GET', false]);
    await register(build, ['shut/{x}', 'echo', 'GET']);
    expect(given(await get('/open/1?y=2&z[0]=%E2%98%83'))).toEqual({ x: '1', y: '2', z: ['☃'] });
    expect(refused(await get('/shut/1'))).toEqual([403, 1501, 'Not authorized: Missing rune']);
    expect((await get('/shut/1', everything)).status).toBe(201);
    expect(refused(await get('/open/1?x=1'))).toEqual([406, -32602, 'Duplicate key: x']);
  });

  test('is checked with its captures in canonical form', async () => {
    await register(build, ['label/{label}', 'echo', 'GET']);
    const rune = await node().rune(['method=echo'], ['pnamelabel=io'], ['pnamelev!', 'pnamelev=1']);
    expect(given(await get('/label/io', rune))).toEqual({ label: 'io' });
    expect(given(await get('/label/i%6f?lev=1', rune))).toEqual({ label: 'io', lev: '1' });
    const word = 'parameter label is not equal to io';
    expect(refused(await get('/label/IO', rune))).toEqual([401, 1502, `Not permitted: ${word}`]);
    expect((await get('/label/io?lev=2', rune)).status).toBe(401);
    expect((await get('/label/io%22', rune)).status).toBe(401);
    for (const query of ['label=x', 'la-bel=x', '%6cabel=x', 'label[]=x']) {
      expect((await get(`/label/io?${query}`, rune)).status).toBe(406);
    }
    const other = await node().rune(['method=getinfo']);
    expect((await get('/label/io', other)).status).toBe(401);
  });

  test('is checked with its registered restrictions', async () => {
    const { id } = await node().rpc.call<{ id: string }>('getinfo', {});
    await register(build, ['r/method', 'echo', 'POST', true, { method: 'pay' }]);
    await register(build, ['r/node', 'echo', 'POST', true, { nodeid: id }]);
    await register(build, ['r/params', 'echo', 'POST', true, { params: { amount_msat: 9999 } }]);
    const pay = await node().rune(['method=pay']);
    expect((await post(node(), '/r/method', pay, '{"a":1}')).status).toBe(201);
    expect(refused(await post(node(), '/r/node', pay, ''))).toEqual([
      401,
      1502,
      'Not permitted: method is not equal to pay',
    ]);
    expect((await post(node(), '/v1/echo', pay, '')).status).toBe(401);
    const mine = await node().rune([`id=${id}`]);
    expect((await post(node(), '/r/node', mine, '')).status).toBe(201);
    expect((await post(node(), '/r/method', mine, '')).status).toBe(401);
    const small = await node().rune(['pnameamountmsat<10000']);
    const sent = { amount_msat: 20000 };
    expect(given(await post(node(), '/r/params', small, JSON.stringify(sent)))).toEqual(sent);
    const smaller = await node().rune(['pnameamountmsat<9999']);
    expect((await post(node(), '/r/params', smaller, '{"amount_msat":1}')).status).toBe(401);
  });

  test('keeps every digit', async () => {
    await register(build, ['digits/{one}', 'echo']);
    const answer = await post(
      node(),
      '/digits/18446744073709551615',
      everything,
      '{"b":18446744073709551615}',
    );
    expect(answer.text).toContain('"one\\":\\"18446744073709551615\\"');
    expect(answer.text).toContain('"b\\":18446744073709551615');
  });

  test('takes precedence over commands, and other paths are not affected', async () => {
    await register(build, ['v1/keys/{id}', 'echo']);
    await register(build, ['v1/keys', 'echo']);
    expect(given(await post(node(), '/v1/keys/7', everything, ''))).toEqual({ id: '7' });
    expect(given(await post(node(), '/v1/keys', everything, ''))).toEqual({});
    expect((await post(node(), '/v1/getinfo', everything, '')).status).toBe(201);
    expect(refused(await get('/v1/getinfo', everything))).toEqual([
      405,
      -32601,
      'Path invalid, http_method must be POST for CLN methods',
    ]);
    expect(refused(await get('/nothing'))).toEqual([404, -32601, 'Path not found']);
    expect(refused(await post(node(), '/x/v1/getinfo', everything, ''))).toEqual([
      404,
      -32601,
      'Path invalid, version missing for CLN methods',
    ]);
  });

  test('reports that its command no longer exists', async () => {
    await register(build, ['gone', 'nosuchcommand']);
    expect(refused(await post(node(), '/gone', everything, ''))).toEqual([
      404,
      -32601,
      "Unknown command 'nosuchcommand'",
    ]);
  });

  test('can be registered over REST with a rune that allows it, and with no other', async () => {
    const command = `${build}-register-path`;
    const body = '{"path":"by/rest","rpc_method":"echo"}';
    const readonly = await node().rpc.call<{ rune: string }>('createrune', {
      restrictions: 'readonly',
    });
    expect((await post(node(), `/v1/${command}`, readonly.rune, body)).status).toBe(401);
    const fit = await node().rune([`method=${command}`], ['pnamepath^by/']);
    expect((await post(node(), `/v1/${command}`, fit, body)).text).toBe('{}');
    expect(refused(await post(node(), `/v1/${command}`, fit, body))).toEqual([
      500,
      -32700,
      "Conflicting path 'by/rest' already exists with http_method: POST",
    ]);
    expect(given(await post(node(), '/by/rest', everything, ''))).toEqual({});
  });
});

test('registrations end with the plugin', async () => {
  const node = nodes('clnrest');
  await register('clnrest', ['until/the/end', 'echo', 'GET', false]);
  expect((await ask(node, '/until/the/end', { method: 'GET' })).status).toBe(201);
  const from = node.log.length;
  const { port } = new URL(node.url);
  const { plugins } = await node.rpc.call<{ plugins: { name: string }[] }>('plugin', ['list']);
  const plugin =
    plugins.map(({ name }) => name).find((name) => name.endsWith('dist/clnrest')) ?? '';
  await node.rpc.call('plugin', ['stop', plugin]);
  await node.rpc.call('plugin', {
    subcommand: 'start',
    plugin,
    'clnrest-port': Number(port),
    'clnrest-protocol': 'http',
  });
  await node.logged(/plugin-clnrest: REST server running at/, from);
  expect((await ask(node, '/until/the/end', { method: 'GET' })).status).toBe(404);
  await register('clnrest', ['until/the/end', 'echo', 'GET', false]);
  expect((await ask(node, '/until/the/end', { method: 'GET' })).status).toBe(201);
});

describe('a plugin that registers a path while it starts with the node', () => {
  const early = useNode(
    '--rest-protocol=http',
    `--plugin=${echo}`,
    `--echo-registers=${BUILD.prefix}-register-path`,
  );

  test('is registered although the REST server has not started yet', async () => {
    await early().logged(/registered: .*"result":\{\}/);
    expect(given(await ask(early(), '/early/bird', { method: 'GET' }))).toEqual({ word: 'bird' });
  });
});
