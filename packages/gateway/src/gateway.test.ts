import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { freePort, RUNE } from '@clnrest/testing';
import { ask } from '@clnrest/testing/http-client';
import { builds } from './builds.ts';
import { commonName, signCertificate } from './certificates/x509.ts';
import { OPTIONS } from './options/declarations.ts';
import { PluginHost } from './testing/plugin-host.ts';

/** A certificate for a key of a kind that the gateway does not use. */
function certificateOf(publicKey: KeyObject): string {
  const name = commonName('weak');
  const now = Date.now();
  const fields = { subject: name, issuer: name, publicKey, extensions: [] };
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return signCertificate(
    { ...fields, notBefore: new Date(now), notAfter: new Date(now + 60_000) },
    privateKey,
  );
}

describe('the plugin', () => {
  test('declares its options', async () => {
    const host = await PluginHost.start();
    const manifest = await host.ask('getmanifest', { 'allow-deprecated-apis': false });
    const options = manifest['options'] as { name: string; type: string; default?: unknown }[];
    expect(options.map(({ name, type, default: value }) => [name, type, value])).toEqual([
      ['rest-port', 'int', undefined],
      ['rest-protocol', 'string', 'https'],
      ['rest-host', 'string', '127.0.0.1'],
      ['rest-names', 'string', undefined],
      ['rest-certs', 'string', undefined],
      ['rest-csp', 'string', OPTIONS.csp.default],
      ['rest-cors-origins', 'string', '*'],
      ['rest-swagger-root', 'string', '/'],
      ['rest-rune-recheck', 'int', 60],
      ['rest-judge', 'string', 'auto'],
      ['rest-log-calls', 'string', 'off'],
      ['rest-metrics-port', 'int', undefined],
      ['rest-metrics-host', 'string', '127.0.0.1'],
      ['rest-trusted-proxies', 'string', undefined],
      ['rest-redis', 'string-conceal', undefined],
      ['rest-redis-ca', 'string', undefined],
      ['rest-redis-length', 'int', 100_000],
    ]);
    for (const at of [2, 3, 6]) expect(options[at]).toMatchObject({ multi: true });
    expect(manifest).toMatchObject({ dynamic: true });
  });

  test('has other option names in the other build', async () => {
    const host = await PluginHost.start(builds.clnrest);
    const { options } = await host.ask('getmanifest', { 'allow-deprecated-apis': false });
    expect((options as { name: string }[])[0]?.name).toBe('clnrest-port');
  });

  test('disables itself without a port, with no side effect', async () => {
    const host = await PluginHost.start();
    expect(await host.init({ 'rest-protocol': 'https' })).toEqual({
      disable: '`rest-port` option is not configured',
    });
    expect(host.logged).toEqual([]);
    expect(existsSync(join(host.node.directory, 'clnrest'))).toBe(false);
  });

  test('names the port that is missing if other options are set', async () => {
    const host = await PluginHost.start();
    const options = { 'rest-protocol': 'https', 'rest-host': ['0.0.0.0'], 'rest-judge': 'auto' };
    expect(await host.init(options)).toHaveProperty('disable');
    expect(host.logged).toEqual([
      'unusual: The REST server does not start without `rest-port`, so these options have no effect: `rest-host`. Set the port, for example rest-port=3010.',
    ]);
  });

  test('only feeds Redis without a port, and continues while Redis is away', async () => {
    const host = await PluginHost.start(builds.rest, () => expect.fail('an HTTP process'));
    const redis = `redis://:secret@127.0.0.1:${await freePort()}`;
    expect(await host.init({ 'rest-redis': redis })).toEqual({});
    await host.untilLogged((lines) => lines.length > 0);
    expect(host.logged[0]).toMatch(
      /^unusual: Redis at 127.0.0.1:\d+ is not available: .*ECONNREFUSED/,
    );
    expect(host.logged.join()).not.toContain('secret');
  });

  test('disables itself for invalid values, with a sentence in the log', async () => {
    const host = await PluginHost.start();
    const sentence = '`rest-protocol` can either be http or https. `ftp` is neither.';
    expect(await host.init({ 'rest-port': 3010, 'rest-protocol': 'ftp' })).toEqual({
      disable: sentence,
    });
    expect(host.logged).toEqual([`unusual: ${sentence}`]);
  });

  test('disables itself if the port is in use', async () => {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const host = await PluginHost.start();
    expect(await host.init({ 'rest-port': port })).toEqual({
      disable: `\`rest-port\` ${port}, should be a valid available port between 1024 and 65535. Another program listens on it at 127.0.0.1: set another port. If \`clnrest-port\` has the same value, that program is the plugin clnrest.`,
    });
  });

  test('waits for a port that an ending process releases', async () => {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const host = await PluginHost.start();
    const initialised = host.init({ 'rest-port': port });
    await host.untilLogged((lines) => lines.length > 0);
    // The plugin answers lightningd while it waits.
    expect(await host.ask('getmanifest', {})).toHaveProperty('options');
    server.close();
    expect(await initialised).toEqual({});
    expect(host.logged).toEqual([
      `info: Port ${port} of 127.0.0.1 is in use: waiting up to 3 seconds for it`,
      `info: REST server running at http://127.0.0.1:${port}`,
    ]);
  });

  test('ends while it waits for a port', async () => {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const host = await PluginHost.start();
    void host.init({ 'rest-port': port });
    await host.untilLogged((lines) => lines.length > 0);
    const since = performance.now();
    host.notify('shutdown', {});
    expect(await host.status).toBe(0);
    expect(performance.now() - since).toBeLessThan(2_500);
    expect(host.logged).toEqual([
      expect.stringContaining('waiting up to 3 seconds'),
      'unusual: The REST server was stopped',
    ]);
  });

  test('runs if the host is not an address of this machine yet, and logs one line', async () => {
    const host = await PluginHost.start();
    const port = await freePort();
    const { disable } = await host.init({ 'rest-port': port, 'rest-host': '198.51.100.7' });
    expect(disable).toBeUndefined();
    expect(host.logged).toEqual([
      'unusual: `rest-host` 198.51.100.7 is not an address of this machine: trying again every 5 seconds',
    ]);
  });

  test('listens on several hosts, and logs each', async () => {
    const host = await PluginHost.start();
    const port = await freePort();
    const hosts = ['127.0.0.1', '198.51.100.7', '127.0.0.2'];
    expect(await host.init({ 'rest-port': port, 'rest-host': hosts })).toEqual({});
    expect(host.logged).toEqual([
      expect.stringContaining('`rest-host` 198.51.100.7 is not an address of this machine'),
      `info: REST server running at http://127.0.0.1:${port}`,
      `info: REST server running at http://127.0.0.2:${port}`,
    ]);
    for (const name of ['127.0.0.1', '127.0.0.2']) {
      expect((await ask(`http://${name}:${port}/runes`)).status).toBe(200);
    }
    await expect(ask(`http://127.0.0.3:${port}/runes`)).rejects.toThrow('ECONNREFUSED');
  });

  test.each([[['0.0.0.0', '::']], [['::', '0.0.0.0', '127.0.0.1', '::1']], [['::']]])(
    'listens on all addresses with %j',
    async (hosts) => {
      const host = await PluginHost.start();
      const port = await freePort();
      expect(await host.init({ 'rest-port': port, 'rest-host': hosts })).toEqual({});
      expect((await ask(`http://127.0.0.1:${port}/runes`)).status).toBe(200);
    },
  );

  test('disables itself if the directory for certificates cannot be used', async () => {
    const host = await PluginHost.start();
    const file = join(host.node.directory, 'file');
    writeFileSync(file, '');
    const options = { 'rest-port': await freePort(), 'rest-protocol': 'https', 'rest-certs': file };
    const { disable } = await host.init(options);
    expect(disable).toMatch(/^`rest-certs` \S+file cannot be used: (?:EEXIST|ENOTDIR)/);
  });

  test('disables itself if the key is too weak for TLS', async () => {
    const host = await PluginHost.start();
    const weak = generateKeyPairSync('rsa', { modulusLength: 512 });
    const key = weak.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const directory = join(host.node.directory, 'clnrest');
    mkdirSync(directory);
    writeFileSync(join(directory, 'server.pem'), certificateOf(weak.publicKey));
    writeFileSync(join(directory, 'server-key.pem'), key);
    const { disable } = await host.init({
      'rest-port': await freePort(),
      'rest-protocol': 'https',
    });
    expect(disable).toMatch(/^`rest-certs` \S+clnrest cannot be used: .*key too small/);
  });

  test('serves over https from its directory, logs the URL, and ends at shutdown', async () => {
    const host = await PluginHost.start();
    const port = await freePort();
    expect(await host.init({ 'rest-port': port, 'rest-protocol': 'https' })).toEqual({});
    expect(host.logged).toContain(`info: REST server running at https://127.0.0.1:${port}`);
    const ca = readFileSync(join(host.node.directory, 'clnrest', 'ca.pem'), 'utf8');
    const options = { method: 'POST', headers: { rune: RUNE }, ca };
    const answer = await ask(`https://127.0.0.1:${port}/v1/getinfo`, options);
    expect([answer.status, answer.body]).toEqual([201, '{"id":"02"}']);
    host.notify('shutdown', {});
    expect(await host.status).toBe(0);
    await expect(ask(`https://127.0.0.1:${port}/`, { ca })).rejects.toThrow('ECONNREFUSED');
  });

  test('ends when its stdin ends, even while a command waits', async () => {
    const host = await PluginHost.start();
    host.node.on('wait', () => undefined);
    const port = await freePort();
    await host.init({ 'rest-port': port, 'rest-host': 'localhost' });
    expect(host.logged).toContain(`info: REST server running at http://localhost:${port}`);
    const options = { method: 'POST', headers: { rune: RUNE } };
    const waiting = ask(`http://127.0.0.1:${port}/v1/wait`, options);
    await host.node.call('wait');
    host.stdin.end();
    expect(await host.status).toBe(0);
    expect((await waiting).status).toBe(503);
  });

  test('listens on IPv6, with brackets in the URL', async (context) => {
    const host = await PluginHost.start();
    const port = await freePort();
    const { disable } = await host.init({ 'rest-port': port, 'rest-host': '::1' });
    if (disable !== undefined) return context.skip('this machine has no IPv6');
    expect(host.logged).toContain(`info: REST server running at http://[::1]:${port}`);
    expect((await ask(`http://[::1]:${port}/runes`)).status).toBe(200);
    return undefined;
  });
});
