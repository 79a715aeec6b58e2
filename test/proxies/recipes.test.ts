import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { freePort, temporaryDirectory } from '@clnrest/testing';
import { ask as askUrl } from '@clnrest/testing/http-client';
import { findProgram, need, run } from '@clnrest/testing/programs';
import { useNode } from '../support/use-node.ts';

const PAGE = readFileSync(new URL('../../docs/guide/proxies.md', import.meta.url), 'utf8');
const node = useNode('--rest-trusted-proxies=127.0.0.1');

/** Returns the block of the page in this language. */
function recipe(language: string): string {
  const block = PAGE.split(`\`\`\`${language}\n`)[1]?.split('```')[0];
  if (block === undefined) throw new Error(`the page has no block in ${language}`);
  return block;
}

/** A certificate of the proxy for localhost. Resolves with its files. */
async function proxyPair(directory: string) {
  const [cert, key] = [join(directory, 'proxy.pem'), join(directory, 'proxy-key.pem')];
  const names = ['-subj', '/CN=proxy', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  const fresh = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '90'];
  await run('openssl', 'req', '-x509', ...fresh, ...names, '-keyout', key, '-out', cert);
  return { cert, key };
}

/** Starts a program, and ends it after the test. Resolves when it listens on the port. */
async function startProgram(
  port: number,
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<void> {
  const child = spawn(program, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...env },
  });
  let errors = '';
  child.stderr.on('data', (text: Buffer) => (errors += text.toString()));
  const closed = once(child, 'close');
  onTestFinished(async () => {
    // Caddy would wait for its connections.
    child.kill('SIGKILL');
    await closed;
  });
  for (;;) {
    if (child.exitCode !== null) throw new Error(errors);
    const socket = connect(port, '127.0.0.1');
    const isOpen = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'error').then(() => false),
    ]).catch(() => false);
    socket.destroy();
    if (isOpen) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Expects that clients reach the node through the proxy, and that the log names them. */
async function expectUsable(url: string, ca: string, forwarded: string): Promise<void> {
  const { rune } = await node().rpc.call<{ rune: string }>('createrune');
  const file = new URL('../../packages/clnrest/bin/clnrest.js', import.meta.url).pathname;
  const args = ['doctor', `--url=${url}`, `--ca=${ca}`, `--rune=${rune}`, '--json'];
  const text = await run(process.execPath, file, ...args);
  const { checks } = JSON.parse(text) as { checks: { check: string; status: string }[] };
  const statuses = Object.fromEntries(checks.map(({ check, status }) => [check, status]));
  expect(statuses).toMatchObject({
    signature: 'ok',
    host: 'ok',
    gateway: 'ok',
    node: 'ok',
    polling: 'ok',
    websocket: 'ok',
    events: 'ok',
  });
  const pem = readFileSync(ca, 'utf8');
  const value = { key: ['large'], string: 'x'.repeat(2_000_000), mode: 'create-or-replace' };
  const body = JSON.stringify(value);
  const stored = await askUrl(`${url}/v1/datastore`, {
    method: 'POST',
    ca: pem,
    body,
    headers: { rune, 'content-type': 'application/json' },
  });
  expect(stored.status).toBe(201);
  const from = node().log.length;
  const refused = await askUrl(`${url}/v1/getinfo`, {
    method: 'POST',
    ca: pem,
    headers: { rune: 'malformed', 'x-forwarded-for': '203.0.113.66' },
  });
  expect(refused.status).toBe(401);
  await node().logged(new RegExp(`${forwarded} POST /v1/getinfo: 401`), from);
}

describe('the recipe of the guide for', () => {
  test('nginx', async (context) => {
    need(context, 'openssl');
    const nginx = ['nginx', '/usr/sbin/nginx'].find((name) => findProgram(name) !== undefined);
    if (nginx === undefined) return context.skip('this machine has no nginx');
    const directory = temporaryDirectory();
    const { cert, key } = await proxyPair(directory);
    const port = await freePort();
    const server = recipe('nginx')
      .replace('127.0.0.1:3010', new URL(node().url).host)
      .replace('listen 443 ssl', `listen 127.0.0.1:${port} ssl`)
      .replace(/ssl_certificate .*;/, `ssl_certificate ${cert};`)
      .replace(/ssl_certificate_key .*;/, `ssl_certificate_key ${key};`)
      .replace('/etc/nginx/clnrest-ca.pem', node().caFile)
      // The client of this test is on the proxy's machine.
      .replace('X-Forwarded-For $remote_addr', 'X-Forwarded-For 192.0.2.55');
    const config = join(directory, 'nginx.conf');
    const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
      (name) => `${name}_temp_path ${directory}/${name};`,
    );
    writeFileSync(
      config,
      `daemon off; master_process off; pid ${directory}/pid; error_log stderr; events {} http { access_log off; ${paths.join(' ')} ${server} }`,
    );
    await startProgram(port, nginx, ['-p', directory, '-e', 'stderr', '-c', config]);
    await expectUsable(`https://localhost:${port}`, cert, '192\\.0\\.2\\.55');
    return undefined;
  }, 60_000);

  test('Caddy', async (context) => {
    need(context, 'openssl', 'caddy');
    const directory = temporaryDirectory();
    const { cert, key } = await proxyPair(directory);
    const port = await freePort();
    const upstream = `localhost:${new URL(node().url).port}`;
    const site = recipe('caddy')
      .replace('https://node.example.com {', `https://localhost:${port} {\n  tls ${cert} ${key}`)
      .replace('localhost:3010', upstream)
      .replace('/etc/caddy/clnrest-ca.pem', node().caFile);
    const config = join(directory, 'Caddyfile');
    writeFileSync(config, `{\n  admin off\n  auto_https disable_redirects\n}\n${site}`);
    const home = { XDG_DATA_HOME: directory, XDG_CONFIG_HOME: directory };
    const args = ['run', '--config', config, '--adapter', 'caddyfile'];
    await startProgram(port, 'caddy', args, home);
    // Caddy drops the client's own header.
    await expectUsable(`https://localhost:${port}`, cert, '127\\.0\\.0\\.1');
  }, 60_000);

  test('Tor is accepted by Tor', async (context) => {
    const tor = ['tor', '/usr/sbin/tor'].find((name) => findProgram(name) !== undefined);
    if (tor === undefined) return context.skip('this machine has no tor');
    const directory = temporaryDirectory();
    const config = join(directory, 'torrc');
    writeFileSync(
      config,
      `DataDirectory ${directory}\n${recipe('torrc').replaceAll('/var/lib/tor', directory)}`,
    );
    expect(await run(tor, '--verify-config', '-f', config)).toContain('Configuration was valid');
    return undefined;
  });
});
