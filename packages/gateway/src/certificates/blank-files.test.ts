import { mkdirSync, statSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryDirectory } from '@clnrest/testing';
import { need, run } from '@clnrest/testing/programs';
import { contents, expectConsistent, NOW, prepare, remove } from '../testing/certificates.ts';
import { issueAuthority, issueLeaf } from './issue.ts';

const ALL = [
  'ca.pem',
  'ca-key.pem',
  'server.pem',
  'server-key.pem',
  'client.pem',
  'client-key.pem',
];

/** What a power cut leaves. */
const BLANK = [
  ['an empty file', ''],
  ['a file of zeros', '\0'.repeat(700)],
] as const;

describe.each(BLANK)('%s', (_what, content) => {
  test.each(ALL)('in place of %s counts as missing', async (name) => {
    const directory = temporaryDirectory();
    await prepare(directory);
    const before = contents(directory);
    writeFileSync(join(directory, name), content);
    const { warnings } = await prepare(directory);
    const after = contents(directory);
    if (name === 'ca-key.pem') {
      // The authority stays usable for clients, but cannot sign.
      expect({ ...after, [name]: before[name] }).toEqual(before);
      expect(warnings).toEqual([]);
      return;
    }
    expectConsistent(directory);
    expect(warnings).toEqual([]);
    expect(after[name]).not.toBe(content);
    expect(Object.values(after)).not.toContain(content);
    const isKey = name.endsWith('-key.pem');
    expect(statSync(join(directory, name)).mode & 0o777).toBe(isKey ? 0o600 : 0o644);
    if (name !== 'ca.pem') expect(after['ca.pem']).toBe(before['ca.pem']);
  });

  test('in place of all six is replaced by a new set', async () => {
    const directory = temporaryDirectory();
    for (const name of ALL) writeFileSync(join(directory, name), content);
    await prepare(directory);
    expectConsistent(directory);
    expect(Object.keys(contents(directory)).toSorted()).toEqual(ALL.toSorted());
  });
});

test('a symbolic link without a target counts as missing', async () => {
  const directory = temporaryDirectory();
  await prepare(directory);
  unlinkSync(join(directory, 'server.pem'));
  symlinkSync('/nonexistent/server.pem', join(directory, 'server.pem'));
  await prepare(directory);
  expectConsistent(directory);
});

describe('a lost ca.pem', () => {
  test('is issued again from its key, and trusts the same certificates', async (context) => {
    need(context, 'openssl');
    const directory = temporaryDirectory();
    const file = (name: string) => join(directory, name);
    await prepare(directory, '127.0.0.1', new Date());
    const before = contents(directory);
    remove(directory, 'ca.pem');
    const { log } = await prepare(directory, '127.0.0.1', new Date());
    expect(log[0]).toContain('ca.pem was missing or empty, so it is issued again');
    const after = contents(directory);
    expect(after['server.pem']).toBe(before['server.pem']);
    expect(after['ca.pem']).not.toBe(before['ca.pem']);
    // Old certificates with the new authority, and new ones with a client's old copy.
    const verify = ['verify', '-x509_strict', '-purpose', 'sslserver', '-CAfile'];
    expect(await run('openssl', ...verify, file('ca.pem'), file('server.pem'))).toContain(': OK');
    remove(directory, 'server.pem');
    await prepare(directory, '127.0.0.1', new Date());
    writeFileSync(file('old'), before['ca.pem'] ?? '');
    expect(await run('openssl', ...verify, file('old'), file('server.pem'))).toContain(': OK');
  });

  test('and a lost server pair are issued again from its key', async () => {
    const directory = temporaryDirectory();
    await prepare(directory);
    const before = contents(directory);
    remove(directory, 'ca.pem', 'server.pem');
    await prepare(directory);
    expectConsistent(directory);
    expect(contents(directory)['ca-key.pem']).toBe(before['ca-key.pem']);
    expect(contents(directory)['client.pem']).toBe(before['client.pem']);
  });

  test('of another program is not issued again, and logged', async () => {
    const directory = temporaryDirectory();
    await prepare(directory);
    const { authority } = await issueAuthority(NOW);
    const leaf = await issueLeaf('server', authority, ['cln', '127.0.0.1'], NOW);
    writeFileSync(join(directory, 'server.pem'), leaf.certificate);
    writeFileSync(join(directory, 'server-key.pem'), leaf.key);
    remove(directory, 'ca.pem');
    const before = contents(directory);
    const { warnings } = await prepare(directory);
    expect(contents(directory)).toEqual(before);
    expect(warnings).toEqual([
      expect.stringMatching(/ca\.pem is missing or empty, and new clients have no authority/),
    ]);
  });

  test('without its key is logged, with instructions that work', async () => {
    const directory = temporaryDirectory();
    await prepare(directory);
    remove(directory, 'ca.pem', 'ca-key.pem');
    const { cert, warnings } = await prepare(directory);
    expect(cert).toBe(contents(directory)['server.pem']);
    expect(warnings).toEqual([
      expect.stringContaining(
        `Because ca-key.pem is missing too, server.pem cannot be renewed: to get a new set, move every .pem file out of ${directory}, restart the plugin and copy the new ca.pem to all clients`,
      ),
    ]);
    remove(directory, ...Object.keys(contents(directory)));
    await prepare(directory);
    expectConsistent(directory);
  });

  test("of the operator's own certificate is only mentioned", async (context) => {
    need(context, 'openssl');
    const directory = temporaryDirectory();
    const file = (name: string) => join(directory, name);
    const self = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '90'];
    const names = ['-addext', 'subjectAltName=IP:127.0.0.1', '-addext', 'keyUsage=keyCertSign'];
    const authority = ['-keyout', file('k'), '-out', file('a'), '-subj', '/O=Public/CN=R3'];
    await run('openssl', ...self, ...names, ...authority);
    const leaf = ['-keyout', file('server-key.pem'), '-out', file('server.pem'), '-subj', '/CN=x'];
    const issuer = ['-CA', file('a'), '-CAkey', file('k')];
    const made = await run('openssl', ...self, ...names, ...leaf, ...issuer).catch(() => undefined);
    if (made === undefined) return context.skip('this openssl cannot sign in one step');
    const { warnings, notices } = await prepare(directory, '127.0.0.1', new Date());
    expect(warnings).toEqual([]);
    expect(notices[0]).toContain('clients must already trust the issuer of server.pem (O=Public');
    // Clients trust a self-signed certificate itself.
    await run('openssl', ...self, ...names, ...leaf);
    expect((await prepare(directory, '127.0.0.1', new Date())).notices).toHaveLength(1);
    return undefined;
  });
});

describe('a ca.pem that cannot be used is logged:', () => {
  test('garbage', async () => {
    const directory = temporaryDirectory();
    await prepare(directory);
    writeFileSync(join(directory, 'ca.pem'), 'garbage');
    const { warnings } = await prepare(directory);
    expect(warnings).toEqual([
      expect.stringMatching(/ca\.pem is not a certificate in PEM, .* issues it again/),
    ]);
    remove(directory, 'ca.pem');
    await prepare(directory);
    expectConsistent(directory);
  });

  test('a file that cannot be read', async () => {
    const directory = temporaryDirectory();
    await prepare(directory);
    remove(directory, 'ca.pem');
    mkdirSync(join(directory, 'ca.pem'));
    const { warnings } = await prepare(directory);
    expect(warnings).toEqual([expect.stringMatching(/ca\.pem cannot be read \(EISDIR\)/)]);
  });
});
