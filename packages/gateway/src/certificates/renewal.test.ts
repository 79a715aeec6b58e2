import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryDirectory } from '@clnrest/testing';
import { need, run } from '@clnrest/testing/programs';
import {
  certificate,
  contents,
  expectConsistent,
  issueServerPair,
  NOW,
  prepare,
  remove,
} from '../testing/certificates.ts';
import { issueAuthority, issueLeaf } from './issue.ts';
import { namesOf } from './names.ts';

const DAY_MS = 86_400_000;

/** Returns the time this many days after another. */
function later(days: number, from = NOW): Date {
  return new Date(from.getTime() + days * DAY_MS);
}

describe('a server certificate of the gateway', () => {
  test('is replaced by the same authority when a name is added', async () => {
    const directory = temporaryDirectory();
    await prepare(directory);
    const before = contents(directory);
    const extra = ['node.example.com', '203.0.113.7', 'fd00:1::7', '*.example.org'];
    const { log, warnings } = await prepare(directory, '127.0.0.1', NOW, extra);
    const after = contents(directory);
    for (const name of ['ca.pem', 'ca-key.pem', 'client.pem', 'client-key.pem']) {
      expect(after[name]).toBe(before[name]);
    }
    expect(after['server.pem.20261120T171500Z']).toBe(before['server.pem']);
    expectConsistent(directory);
    expect(warnings).toEqual([]);
    expect(namesOf(certificate(directory, 'server.pem'))).toEqual([
      'cln',
      'localhost',
      'node.example.com',
      '*.example.org',
      '127.0.0.1',
      '::1',
      '203.0.113.7',
      'fd00:1::7',
    ]);
    expect(log[0]).toBe(
      'info: server.pem does not name node.example.com, 203.0.113.7, fd00:1::7, *.example.org: the same authority issues another one',
    );
    await prepare(directory, '127.0.0.1', NOW, extra);
    expect(contents(directory)).toEqual(after);
    // A certificate with more names than required stays.
    await prepare(directory, '127.0.0.1', NOW);
    expect(contents(directory)).toEqual(after);
  });

  test.each([['0.0.0.0'], ['::'], ['192.0.2.7']])(
    'is replaced when the host becomes %s',
    async (host) => {
      const directory = temporaryDirectory();
      await prepare(directory);
      const { warnings } = await prepare(directory, host);
      expect(warnings).toEqual([]);
      expect(certificate(directory, 'server.pem').checkIP('192.0.2.7')).toBe('192.0.2.7');
    },
  );

  test('is replaced 30 days before it expires, not before', async () => {
    const directory = temporaryDirectory();
    await prepare(directory);
    const first = contents(directory)['server.pem'];
    await prepare(directory, '127.0.0.1', later(366.9));
    expect(contents(directory)['server.pem']).toBe(first);
    const { log } = await prepare(directory, '127.0.0.1', later(367));
    expect(contents(directory)['server.pem']).not.toBe(first);
    expect(log[0]).toContain('server.pem expires on Dec 22 16:15:00 2027 GMT');
    expectConsistent(directory);
    expect(Date.parse(certificate(directory, 'server.pem').validTo)).toBeGreaterThan(
      later(763).getTime(),
    );
  });

  test('is replaced after it has expired', async () => {
    const directory = temporaryDirectory();
    await prepare(directory);
    const { warnings } = await prepare(directory, '127.0.0.1', later(1_000));
    expect(warnings).toEqual([]);
    expectConsistent(directory);
  });

  test('of earlier versions, valid for ten years, is replaced', async () => {
    const directory = temporaryDirectory();
    await prepare(directory);
    issueServerPair(directory, later(-1 / 24), later(3_652));
    const authority = contents(directory)['ca.pem'];
    const { log } = await prepare(directory);
    expect(log[0]).toContain('server.pem is valid for more than 397 days');
    expect(contents(directory)['ca.pem']).toBe(authority);
    expectConsistent(directory);
    const { validFrom, validTo } = certificate(directory, 'server.pem');
    expect(Date.parse(validTo) - Date.parse(validFrom)).toBe(397 * DAY_MS);
  });

  test('is not replaced again and again if its authority ends soon', async () => {
    const directory = temporaryDirectory();
    await prepare(directory);
    const end = later(3_640);
    const { warnings } = await prepare(directory, '127.0.0.1', end);
    expect(certificate(directory, 'server.pem').validTo).toBe(
      certificate(directory, 'ca.pem').validTo,
    );
    expect(warnings).toEqual([
      expect.stringContaining('server.pem expires soon'),
      expect.stringMatching(/ca\.pem expires soon: .* copy the new one to all clients/),
    ]);
    const before = contents(directory);
    await prepare(directory, '127.0.0.1', later(3_645));
    expect(contents(directory)).toEqual(before);
  });

  test('stays in use, with a reason in the log, if the directory cannot be written', async () => {
    const directory = temporaryDirectory();
    await prepare(directory);
    const before = contents(directory);
    // The mode of the directory would not stop root.
    mkdirSync(join(directory, '.certificates.lock', 'in-use'), { recursive: true });
    const { cert, log } = await prepare(directory, '127.0.0.1', NOW, ['node.example']);
    expect(cert).toBe(before['server.pem']);
    expect(log[0]).toMatch(/^unusual: certificates in \S+ are not issued, and the old ones stay: /);
    expect(log.join('\n')).toContain('server.pem does not name node.example');
    rmSync(join(directory, '.certificates.lock'), { recursive: true });
    expect(contents(directory)).toEqual(before);
  });
});

describe('a server certificate that is not of the gateway is never changed:', () => {
  const expectKept = async (directory: string): Promise<void> => {
    const before = contents(directory);
    const { cert, log } = await prepare(directory, '127.0.0.1', later(390), ['node.example']);
    expect(contents(directory)).toEqual(before);
    expect(cert).toBe(before['server.pem']);
    expect(log.join('\n')).toContain('server.pem does not name node.example.');
  };

  test('one with another subject', async () => {
    const directory = temporaryDirectory();
    await prepare(directory);
    issueServerPair(directory, NOW, later(395), 'cln grpc Server');
    await expectKept(directory);
  });

  test('one of the built-in plugin, which has the same subject and is valid until 4096', async () => {
    const directory = temporaryDirectory();
    await prepare(directory);
    issueServerPair(directory, new Date('1975-01-01'), new Date('4096-01-01'));
    await expectKept(directory);
  });

  test('one whose authority has no key here', async () => {
    const directory = temporaryDirectory();
    await prepare(directory);
    remove(directory, 'ca-key.pem');
    await expectKept(directory);
  });

  test('one of another authority', async () => {
    const directory = temporaryDirectory();
    await prepare(directory);
    const { authority } = await issueAuthority(NOW);
    const leaf = await issueLeaf('server', authority, ['cln', '127.0.0.1'], NOW);
    writeFileSync(join(directory, 'server.pem'), leaf.certificate);
    writeFileSync(join(directory, 'server-key.pem'), leaf.key);
    await expectKept(directory);
  });

  test("one of openssl, signed by the gateway's authority", async (context) => {
    need(context, 'openssl');
    const directory = temporaryDirectory();
    const file = (name: string) => join(directory, name);
    await prepare(directory);
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const key = privateKey.export({ type: 'pkcs8', format: 'pem' });
    writeFileSync(file('server-key.pem'), key, { mode: 0o600 });
    writeFileSync(file('extensions'), 'extendedKeyUsage=serverAuth\nsubjectAltName=IP:127.0.0.1');
    const subject = ['-key', file('server-key.pem'), '-subj', '/CN=cln rest server'];
    await run('openssl', 'req', '-new', ...subject, '-out', file('request'));
    const signer = ['-CA', file('ca.pem'), '-CAkey', file('ca-key.pem'), '-CAcreateserial'];
    const output = ['-days', '395', '-extfile', file('extensions'), '-out', file('server.pem')];
    await run('openssl', 'x509', '-req', '-in', file('request'), ...signer, ...output);
    expect(readFileSync(file('server.pem'), 'utf8')).toContain('BEGIN CERTIFICATE');
    await expectKept(directory);
  });

  test('one with intermediates in the same file', async () => {
    const directory = temporaryDirectory();
    await prepare(directory);
    const both = contents(directory);
    writeFileSync(join(directory, 'server.pem'), `${both['server.pem']}${both['ca.pem']}`);
    await expectKept(directory);
  });
});
