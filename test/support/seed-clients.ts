import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { TestNode } from './node.ts';
import { TestProcess } from './process.ts';

const CLIENTS = new URL('../notifications/clients/', import.meta.url);
const MODULES = new URL('../../node_modules', import.meta.url).pathname;

/** Debian's Python, for which Debian packages the modules. */
export const PYTHON = '/usr/bin/python3';

/** With these variables, Python's requests would ignore the certificate authority that a client names. */
const NO_AUTHORITIES = {
  CURL_CA_BUNDLE: undefined,
  NODE_EXTRA_CA_CERTS: undefined,
  REQUESTS_CA_BUNDLE: undefined,
};

/** Returns an example client's text with its placeholders filled in. */
export function clientText(file: string, node: TestNode, rune: string): string {
  const text = readFileSync(new URL(file, CLIENTS), 'utf8');
  return text
    .replaceAll('<url>', node.url)
    .replaceAll('<rune>', rune)
    .replaceAll('/regtest/clnrest/ca.pem', node.caFile.slice(node.lightningDir.length));
}

/**
 * Runs an example client as its user does: from a file in a home directory that contains the node's directory. Stops
 * it after the test.
 */
export async function runClient(
  program: string,
  file: string,
  text: string,
  node: TestNode,
): Promise<TestProcess> {
  const home = await mkdtemp(join(tmpdir(), 'clnrest-home-'));
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  await symlink(node.lightningDir, join(home, '.lightning'));
  const work = join(home, 'work');
  await mkdir(work);
  await symlink(MODULES, join(work, 'node_modules'));
  await writeFile(join(work, file), text);
  const env = { ...NO_AUTHORITIES, HOME: home, PYTHONUNBUFFERED: '1' };
  const client = new TestProcess(program, [file], env, work);
  onTestFinished(() => client.stop().then(() => undefined));
  return client;
}

/** Returns why the Python client cannot run on this machine; undefined if it can. */
export function missingForPython(): string | undefined {
  if (!existsSync(PYTHON)) return `this machine has no ${PYTHON}`;
  try {
    execFileSync(PYTHON, ['-c', 'import socketio, requests'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return `${PYTHON} has no python3-socketio or python3-requests`;
  }
}

/** Serves a page and Socket.IO's client library from another origin than the node's. */
export async function servePage(page: string): Promise<string> {
  const resolve = createRequire(import.meta.url).resolve;
  const library = readFileSync(resolve('socket.io-client/dist/socket.io.js'));
  const server = createServer(({ url }, response) => {
    const [type, body] =
      url === '/socket.io.js' ? ['text/javascript', library] : ['text/html', page];
    response.setHeader('content-type', `${type}; charset=utf-8`);
    response.end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}
