import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { temporaryDirectory } from '@clnrest/testing';
import { need, run } from '@clnrest/testing/programs';
import { prepare } from '../testing/certificates.ts';

/** A directory with a root, two intermediates and a leaf, made by openssl. */
async function makeChain(days = '90') {
  const directory = temporaryDirectory();
  const file = (name: string) => join(directory, name);
  const issue = async (name: string, issuer: string | undefined, extension: string) => {
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
    const subject = ['-subj', `/CN=${name}`, '-keyout', file(`${name}.key`)];
    await run('openssl', 'req', ...key, ...subject, '-out', file(`${name}.request`));
    writeFileSync(file('extensions'), extension);
    const signer =
      issuer === undefined
        ? ['-signkey', file(`${name}.key`)]
        : ['-CA', file(`${issuer}.crt`), '-CAkey', file(`${issuer}.key`), '-CAcreateserial'];
    const output = ['-extfile', file('extensions'), '-out', file(`${name}.crt`)];
    const isShort = name === 'middle';
    const input = ['-req', '-in', file(`${name}.request`), '-days', isShort ? days : '90'];
    await run('openssl', 'x509', ...input, ...signer, ...output);
    return readFileSync(file(`${name}.crt`), 'utf8');
  };
  const authority = 'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign';
  const root = await issue('root', undefined, authority);
  const middle = await issue('middle', 'root', authority);
  const lower = await issue('lower', 'middle', authority);
  const leaf = await issue('leaf', 'lower', 'subjectAltName=IP:127.0.0.1,DNS:localhost');
  writeFileSync(file('server-key.pem'), readFileSync(file('leaf.key')), { mode: 0o600 });
  return { directory, root, middle, lower, leaf };
}

async function warningsFor(directory: string, authority: string, server: string) {
  writeFileSync(join(directory, 'ca.pem'), authority);
  writeFileSync(join(directory, 'server.pem'), server);
  return prepare(directory, '127.0.0.1', new Date());
}

describe('a chain', () => {
  test('gives no warning, and clients that trust the root accept it', async (context) => {
    need(context, 'openssl');
    need(context, 'curl');
    const { directory, root, middle, lower, leaf } = await makeChain();
    const { cert, key, warnings } = await warningsFor(directory, root, leaf + lower + middle);
    expect(warnings).toEqual([]);
    expect(cert).toBe(leaf + lower + middle);
    const server = createServer({ cert, key }, (_request, response) => response.end('hello'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const url = `https://127.0.0.1:${port}/`;
    const ca = ['--cacert', join(directory, 'ca.pem')];
    expect(await run('curl', '--silent', '--show-error', ...ca, url)).toBe('hello');
  });

  test('with the root at its end, in another order, or with intermediates in ca.pem gives none', async (context) => {
    need(context, 'openssl');
    const { directory, root, middle, lower, leaf } = await makeChain();
    for (const [authority, server] of [
      [root, leaf + lower + middle + root],
      [root, leaf + middle + lower],
      [root + middle, leaf + lower],
      [middle + root, leaf + lower],
      [lower, leaf],
    ] as const) {
      expect((await warningsFor(directory, authority, server)).warnings).toEqual([]);
    }
  });

  test('with a gap, or to another root gives a warning', async (context) => {
    need(context, 'openssl');
    const { directory, root, middle, leaf, lower } = await makeChain();
    const other = await makeChain();
    const warning = [expect.stringContaining("the server's certificate is not signed by")];
    for (const [authority, server] of [
      [root, leaf],
      [root, leaf + middle],
      [other.root, leaf + lower + middle],
    ] as const) {
      expect((await warningsFor(directory, authority, server)).warnings).toEqual(warning);
    }
  });

  test('with an intermediate that expires soon gives a warning', async (context) => {
    need(context, 'openssl');
    const { directory, root, middle, leaf, lower } = await makeChain('20');
    const { warnings } = await warningsFor(directory, root, leaf + lower + middle);
    expect(warnings).toEqual([expect.stringMatching(/^CN ?= ?middle in server\.pem expires soon/)]);
  });
});
