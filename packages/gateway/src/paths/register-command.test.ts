import { describe, expect, test } from 'vitest';
import { freePort, RUNE } from '@clnrest/testing';
import { ask } from '@clnrest/testing/http-client';
import { builds } from '../builds.ts';
import { PluginHost } from '../testing/plugin-host.ts';

describe.each([builds.rest, builds.clnrest])('the command of $prefix', (build) => {
  const { prefix, registerPath } = build;

  async function started(): Promise<{ host: PluginHost; url: string }> {
    const host = await PluginHost.start(build);
    const port = await freePort();
    expect(await host.init({ [`${prefix}-port`]: port })).toEqual({});
    return { host, url: `http://127.0.0.1:${port}` };
  }

  test('is in the manifest with its parameters', async () => {
    const host = await PluginHost.start(build);
    const manifest = await host.ask('getmanifest', { 'allow-deprecated-apis': false });
    expect(manifest['rpcmethods']).toMatchObject([
      {
        name: `${prefix}-register-path`,
        usage: 'path rpc_method [http_method] [rune_required] [rune_restrictions]',
      },
      { name: `${prefix}-list-paths`, usage: '' },
    ]);
  });

  test('registers a path that runs a command', async () => {
    const { host, url } = await started();
    expect(await host.ask(registerPath, ['/info/', 'getinfo'])).toEqual({});
    expect(
      await host.ask(registerPath, {
        path: 'info',
        rpc_method: 'getinfo',
        http_method: 'GET',
        rune_required: false,
      }),
    ).toEqual({});
    expect((await ask(`${url}/info`)).body).toBe('{"id":"02"}');
    const posted = await ask(`${url}/info`, { method: 'POST', headers: { rune: RUNE } });
    expect(posted.status).toBe(201);
    expect(host.logged).toContain(
      'debug: Registered path: POST /info runs getinfo and requires a rune',
    );
    expect(host.logged).toContain(
      'info: Registered path: GET /info runs getinfo and requires no rune',
    );
  });

  test('returns the error texts and the code of the built-in plugin', async () => {
    const { host } = await started();
    await host.ask(registerPath, ['a/{b}', 'getinfo', 'GET']);
    expect(await host.ask(registerPath, ['a/{c}', 'getinfo', 'GET'])).toEqual({
      code: -32700,
      message: "Conflicting path 'a/{c}' already exists with http_method: GET",
      data: { path: 'a/{b}' },
    });
    expect(await host.ask(registerPath, ['/', 'getinfo'])).toEqual({
      code: -32700,
      message: 'Path must not be root',
    });
    expect(await host.ask(registerPath, ['openapi.json', 'getinfo'])).toEqual({
      code: -32700,
      message: "Path 'openapi.json' is served by the REST server itself",
    });
    expect(host.logged.filter((line) => line.startsWith('broken'))).toEqual([]);
  });

  test('check validates the parameters without registering the path', async () => {
    const { host, url } = await started();
    const check = (params: object) =>
      host.ask('check', { command_to_check: registerPath, ...params });
    const registration = { path: 'a', rpc_method: 'getinfo' };
    expect(await check(registration)).toEqual({ command_to_check: registerPath });
    expect((await ask(`${url}/a`, { method: 'POST' })).status).toBe(404);
    await host.ask(registerPath, registration);
    expect(await check(registration)).toMatchObject({ code: -32700 });
    expect(await check({ path: 'a' })).toMatchObject({ message: 'rpc_method is required' });
  });

  test('waits until the server has started', async () => {
    const host = await PluginHost.start(build);
    const port = await freePort();
    await host.ask('getmanifest', { 'allow-deprecated-apis': false });
    const early = host.ask(registerPath, ['info', 'getinfo', 'GET', false]);
    expect(await host.init({ [`${prefix}-port`]: port })).toEqual({});
    expect(await early).toEqual({});
    expect((await ask(`http://127.0.0.1:${port}/info`)).status).toBe(201);
  });

  test('fails if the server does not start', async () => {
    const host = await PluginHost.start(build);
    const early = host.ask(registerPath, ['info', 'getinfo']);
    await host.init({ [`${prefix}-port`]: 1 });
    expect(await early).toEqual({ code: -32700, message: 'The REST server is not running' });
  });
});
