import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { temporaryDirectory } from '@clnrest/testing';
import { need, run } from '@clnrest/testing/programs';
import {
  certificate,
  contents,
  expectConsistent,
  NOW,
  prepare,
  remove,
} from '../testing/certificates.ts';
import type { Identity } from './identity.ts';
import { issueAuthority, issueLeaf } from './issue.ts';

const NAMES = [
  'ca-key.pem',
  'ca.pem',
  'client-key.pem',
  'client.pem',
  'server-key.pem',
  'server.pem',
];

/** The line that ends each log. */
const DESCRIPTION = expect.stringMatching(
  /^info: the certificate \S+ names .*, and is valid until /,
);

async function serve(identity: Identity, host: string): Promise<{ server: Server; port: number }> {
  const server = createServer({ cert: identity.cert, key: identity.key }, (_request, response) => {
    response.end('hello');
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, host, resolve);
  });
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return { server, port: (server.address() as AddressInfo).port };
}

describe('a new set', () => {
  test('is complete, consistent and readable by its owner only', async () => {
    const directory = join(temporaryDirectory(), 'regtest', 'clnrest');
    const { cert, key, log, warnings } = await prepare(directory);
    expect(readdirSync(directory).toSorted()).toEqual(NAMES);
    expectConsistent(directory);
    expect(cert).toBe(readFileSync(join(directory, 'server.pem'), 'utf8'));
    expect(key).toBe(readFileSync(join(directory, 'server-key.pem'), 'utf8'));
    expect(warnings).toEqual([]);
    expect(log).toEqual([
      `info: issuing certificates in ${directory}`,
      `info: the certificate ${directory}/server.pem names cln, localhost, 127.0.0.1, ::1, and is valid until Dec 22 16:15:00 2027 GMT`,
    ]);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    for (const name of NAMES) {
      const expected = name.endsWith('-key.pem') ? 0o600 : 0o644;
      expect(statSync(join(directory, name)).mode & 0o777).toBe(expected);
    }
  });

  test('has the key usages of each certificate', async () => {
    const directory = temporaryDirectory();
    await prepare(directory, '192.168.1.7');
    const authority = certificate(directory, 'ca.pem');
    const server = certificate(directory, 'server.pem');
    const client = certificate(directory, 'client.pem');
    expect(authority.ca).toBe(true);
    expect(server.ca).toBe(false);
    expect(server.subjectAltName).toBe(
      'DNS:cln, DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1, IP Address:192.168.1.7',
    );
    expect(server.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
    expect(client.keyUsage).toEqual(['1.3.6.1.5.5.7.3.2']);
    expect([authority.subject, server.subject, client.subject]).toEqual([
      'CN=cln Root REST CA',
      'CN=cln rest server',
      'CN=cln rest client',
    ]);
    for (const each of [authority, server, client]) {
      expect(each.publicKey.asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' });
      expect(each.validFrom).toBe('Nov 20 16:15:00 2026 GMT');
      const ends = each === server ? 'Dec 22 16:15:00 2027 GMT' : 'Nov 19 17:15:00 2036 GMT';
      expect(each.validTo).toBe(ends);
      expect(each.serialNumber).toMatch(/^[4-7][0-9A-F]{31}$/);
    }
    expect(new Set([authority, server, client].map((each) => each.serialNumber)).size).toBe(3);
  });

  test.each([
    ['::1', ['::1', '127.0.0.1'], ['localhost']],
    ['0.0.0.0', ['192.0.2.7', 'fd00::7', '127.0.0.1', '::1'], ['localhost', 'cln', 'node']],
    ['::', ['192.0.2.7', 'fd00::7', '127.0.0.1', '::1'], ['localhost', 'cln', 'node']],
    ['0:0:0:0:0:0:0:0', ['fd00::7'], ['node']],
    ['fd00::12:7', ['fd00::12:7'], []],
    ['fe80::1%eth0', ['fe80::1'], []],
    ['node.example', ['127.0.0.1'], ['node.example', 'localhost']],
  ])('names the host %s', async (host, addresses, names) => {
    const directory = temporaryDirectory();
    const { log } = await prepare(directory, host);
    const server = certificate(directory, 'server.pem');
    for (const address of addresses) expect(server.checkIP(address)).toBe(address);
    for (const name of names) expect(server.checkHost(name)).toBe(name);
    expect([server.checkIP('0.0.0.0'), server.checkIP('::')]).toEqual([undefined, undefined]);
    expect(log).toEqual([expect.stringContaining('info: issuing certificates'), DESCRIPTION]);
  });

  test('satisfies openssl', async (context) => {
    need(context, 'openssl');
    const directory = temporaryDirectory();
    await prepare(directory, '127.0.0.1', new Date());
    const file = (name: string) => join(directory, name);
    const strict = ['verify', '-x509_strict', '-CAfile', file('ca.pem')];
    for (const name of ['localhost', 'cln']) {
      const args = ['-purpose', 'sslserver', '-verify_hostname', name, file('server.pem')];
      expect(await run('openssl', ...strict, ...args)).toContain(': OK');
    }
    for (const address of ['127.0.0.1', '::1']) {
      const args = ['-purpose', 'sslserver', '-verify_ip', address, file('server.pem')];
      expect(await run('openssl', ...strict, ...args)).toContain(': OK');
    }
    const args = ['-purpose', 'sslclient', file('client.pem')];
    expect(await run('openssl', ...strict, ...args)).toContain(': OK');
    await expect(
      run('openssl', ...strict, '-purpose', 'sslserver', file('client.pem')),
    ).rejects.toThrow('purpose');
    const text = await run('openssl', 'x509', '-noout', '-text', '-in', file('ca.pem'));
    expect(text).toMatch(/X509v3 Basic Constraints: critical\s+CA:TRUE, pathlen:0/);
    expect(text).toMatch(/X509v3 Key Usage: critical\s+Certificate Sign, CRL Sign/);
    expect(text).toContain('ecdsa-with-SHA256');
  });

  test('satisfies curl by name, IPv4 and IPv6', async (context) => {
    need(context, 'curl');
    const directory = temporaryDirectory();
    const identity = await prepare(directory, '127.0.0.1', new Date());
    const curl = (url: string) =>
      run('curl', '--silent', '--show-error', '--cacert', join(directory, 'ca.pem'), url);
    const { port } = await serve(identity, '127.0.0.1');
    expect(await curl(`https://127.0.0.1:${port}/`)).toBe('hello');
    expect(await curl(`https://localhost:${port}/`)).toBe('hello');
    await expect(
      run('curl', '--silent', '--show-error', `https://127.0.0.1:${port}/`),
    ).rejects.toThrow('certificate');
    const six = await serve(identity, '::1').catch(() => undefined);
    if (six === undefined) return context.skip('this machine has no IPv6');
    expect(await curl(`https://[::1]:${six.port}/`)).toBe('hello');
  });
});

describe('an existing set', () => {
  test('is used without changes if it is complete', async () => {
    const directory = temporaryDirectory();
    await prepare(directory);
    const before = contents(directory);
    const { cert, log } = await prepare(directory, '127.0.0.1', new Date('2027-11-22T16:14:00Z'));
    expect(contents(directory)).toEqual(before);
    expect(cert).toBe(before['server.pem']);
    expect(log).toEqual([DESCRIPTION]);
  });

  test('is used if it is only the client pair of v23.08', async () => {
    const directory = temporaryDirectory();
    await prepare(directory);
    remove(directory, 'ca.pem', 'ca-key.pem', 'server.pem', 'server-key.pem');
    const before = contents(directory);
    const { cert, key } = await prepare(directory);
    expect([cert, key]).toEqual([before['client.pem'], before['client-key.pem']]);
    expect(contents(directory)).toEqual(before);
  });

  test.each([
    ['the client pair of v23.08', ['ca.pem', 'ca-key.pem', 'server.pem', 'server-key.pem']],
    ["the operator's own", ['ca.pem', 'ca-key.pem', 'client.pem', 'client-key.pem']],
    ["the operator's own, beside a client pair", ['ca.pem', 'ca-key.pem']],
    ['without the key of its authority', ['ca-key.pem']],
  ])('that is %s gets instructions for another host that work', async (_what, missing) => {
    const directory = temporaryDirectory();
    await prepare(directory);
    remove(directory, ...missing);
    const { log } = await prepare(directory, '10.0.0.9');
    expect(log.filter((line) => line.includes('10.0.0.9'))).toEqual([
      expect.stringContaining('move every .pem file out of'),
    ]);
    remove(directory, ...readdirSync(directory));
    const { warnings } = await prepare(directory, '10.0.0.9');
    expect(warnings).toEqual([]);
    expectConsistent(directory);
  });

  test("is used if it is the operator's own pair", async () => {
    const directory = temporaryDirectory();
    await prepare(directory);
    remove(directory, 'ca.pem', 'ca-key.pem', 'client.pem', 'client-key.pem');
    const before = contents(directory);
    const { cert } = await prepare(directory);
    expect(cert).toBe(before['server.pem']);
    expect(contents(directory)).toEqual(before);
  });

  test.each([
    [['server.pem']],
    [['server-key.pem']],
    [['server.pem', 'server-key.pem']],
    [['client.pem']],
    [['client-key.pem', 'client.pem']],
    [['server.pem', 'client-key.pem']],
    [['server.pem', 'server-key.pem', 'client.pem', 'client-key.pem']],
  ])('is completed by the same authority if %j are missing', async (gone) => {
    const directory = temporaryDirectory();
    await prepare(directory);
    const before = contents(directory);
    remove(directory, ...gone);
    const { log } = await prepare(directory);
    const after = contents(directory);
    expectConsistent(directory);
    const renewed = new Set(gone.map((name) => name.replace('-key', '')));
    for (const name of NAMES) {
      const isRenewed = renewed.has(name.replace('-key', ''));
      expect(after[name] === before[name]).toBe(!isRenewed);
      if (isRenewed && !gone.includes(name)) {
        expect(after[`${name}.20261120T171500Z`]).toBe(before[name]);
        expect(log).toContain(
          `unusual: ${name} is replaced. The old file is kept as ${name}.20261120T171500Z`,
        );
      }
    }
  });

  test('is replaced, and kept, if the key of the authority is missing', async () => {
    const directory = temporaryDirectory();
    await prepare(directory);
    const before = contents(directory);
    remove(directory, 'ca-key.pem', 'server.pem');
    await prepare(directory);
    remove(directory, 'ca-key.pem', 'server.pem');
    await prepare(directory);
    const after = contents(directory);
    expectConsistent(directory);
    for (const name of ['ca.pem', 'client.pem', 'client-key.pem', 'server-key.pem']) {
      expect(after[name]).not.toBe(before[name]);
      expect(after[`${name}.20261120T171500Z`]).toBe(before[name]);
      expect(after[`${name}.20261120T171500Z-1`]).toBeDefined();
    }
    expect(statSync(join(directory, 'client-key.pem.20261120T171500Z')).mode & 0o777).toBe(0o600);
  });

  test.each([
    ['expired', async () => issueAuthority(new Date('2010-01-01')), 'no longer valid'],
    [
      'without its own key',
      async () => ({ ...(await issueAuthority(NOW)), key: (await issueAuthority(NOW)).key }),
      'is not the key of ca.pem',
    ],
    ['garbage', async () => ({ certificate: 'x', key: 'y' }), 'cannot sign'],
  ])('is replaced, and kept, if the authority is %s', async (_what, make, reason) => {
    const directory = temporaryDirectory();
    const made = await make();
    writeFileSync(join(directory, 'ca.pem'), made.certificate);
    writeFileSync(join(directory, 'ca-key.pem'), made.key);
    const { log } = await prepare(directory);
    expectConsistent(directory);
    expect(log[0]).toContain(reason);
    expect(contents(directory)['ca.pem.20261120T171500Z']).toBe(made.certificate);
  });

  test('is used without changes if the authority cannot sign and the server pair exists', async () => {
    const directory = temporaryDirectory();
    await prepare(directory);
    writeFileSync(join(directory, 'ca-key.pem'), 'no key');
    remove(directory, 'client.pem');
    const before = contents(directory);
    const { cert, log } = await prepare(directory);
    expect(cert).toBe(before['server.pem']);
    expect(contents(directory)).toEqual(before);
    expect(log[0]).toContain('cannot sign');
  });

  test('is completed by an authority of another program', async (context) => {
    need(context, 'openssl');
    const directory = temporaryDirectory();
    const file = (name: string) => join(directory, name);
    // A key identifier that is not a hash of the key: other programs can choose any.
    const config = `[req]
distinguished_name = name
x509_extensions = extensions
[name]
[extensions]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
subjectKeyIdentifier = 01020304
`;
    writeFileSync(file('openssl.cnf'), config);
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    const out = ['-keyout', file('ca-key.pem'), '-out', file('ca.pem'), '-days', '30'];
    const subject = ['-config', file('openssl.cnf'), '-subj', '/O=Mine/CN=My CA'];
    await run('openssl', 'req', '-x509', ...subject, ...key, ...out);
    await prepare(directory, '127.0.0.1', new Date());
    expectConsistent(directory);
    const verify = ['verify', '-x509_strict', '-CAfile', file('ca.pem'), file('server.pem')];
    expect(await run('openssl', ...verify)).toContain(': OK');
    const days =
      (Date.parse(certificate(directory, 'server.pem').validTo) - Date.now()) / 86_400_000;
    expect(days).toBeLessThan(31);
  });

  test.each([
    ['server-key.pem', 'is not the key of'],
    ['server.pem', 'is not a certificate in PEM'],
  ])('is refused with a sentence if %s is invalid', async (name, sentence) => {
    const directory = temporaryDirectory();
    await prepare(directory);
    const other = await issueAuthority(NOW);
    writeFileSync(join(directory, name), name === 'server.pem' ? 'rubbish' : other.key);
    await expect(prepare(directory)).rejects.toThrow(sentence);
  });

  test('gets warnings if it is expired, readable by others or signed by another authority', async () => {
    const directory = temporaryDirectory();
    await prepare(directory, '127.0.0.1', new Date('2016-01-01T00:00:00Z'));
    chmodSync(join(directory, 'server-key.pem'), 0o644);
    const { authority } = await issueAuthority(NOW);
    const other = await issueLeaf('server', authority, ['127.0.0.1'], new Date('2010-01-01'));
    writeFileSync(join(directory, 'server.pem'), other.certificate);
    writeFileSync(join(directory, 'server-key.pem'), other.key);
    const { log } = await prepare(directory);
    expect(log).toEqual([
      expect.stringContaining(
        'server.pem has expired: it was valid until Feb  1 23:00:00 2011 GMT',
      ),
      expect.stringContaining('is readable by other users: run chmod 600 on it'),
      expect.stringContaining('is not signed by'),
      expect.stringContaining('ca.pem has expired'),
      DESCRIPTION,
    ]);
    expect(log.join()).not.toContain('PRIVATE');
  });
});

describe('concurrent and killed writers', () => {
  test('eight plugins that start at the same time use one set', async () => {
    const directory = join(temporaryDirectory(), 'regtest', 'clnrest');
    const all = await Promise.all(Array.from({ length: 8 }, () => prepare(directory)));
    expect(new Set(all.map(({ cert }) => cert)).size).toBe(1);
    expect(readdirSync(directory).toSorted()).toEqual(NAMES);
    expectConsistent(directory);
  });

  test.each([0, 1, 2, 3, 4, 5])(
    'the set is consistent after a writer was killed after %i files',
    async (count) => {
      const directory = temporaryDirectory();
      await prepare(directory);
      // The order in which the files are written.
      const order = [
        'ca-key.pem',
        'ca.pem',
        'client-key.pem',
        'client.pem',
        'server-key.pem',
        'server.pem',
      ];
      remove(directory, ...order.slice(count));
      writeFileSync(join(directory, '.server.pem.0123456789ab'), 'half a certi');
      await prepare(directory);
      expectConsistent(directory);
      expect(existsSync(join(directory, '.server.pem.0123456789ab'))).toBe(false);
    },
  );

  test('removes a lock whose holder was killed', async () => {
    const directory = temporaryDirectory();
    const lock = join(directory, '.certificates.lock');
    writeFileSync(lock, '');
    await Promise.all([prepare(directory), prepare(directory)]);
    expectConsistent(directory);
    expect(existsSync(lock)).toBe(false);
  });

  test('rejects a file in place of the directory', async () => {
    const directory = join(temporaryDirectory(), 'file');
    writeFileSync(directory, '');
    await expect(prepare(directory)).rejects.toThrow(/EEXIST|ENOTDIR/);
    await expect(prepare(join(directory, 'below'))).rejects.toThrow(/ENOTDIR/);
  });

  test('rejects a directory that cannot be created', async (context) => {
    if (!existsSync('/proc/self')) context.skip('this machine has no /proc');
    await expect(prepare('/proc/clnrest')).rejects.toThrow(/ENOENT|EACCES|EPERM/);
    await expect(prepare('/proc/clnrest/below')).rejects.toThrow(/ENOENT|EACCES|EPERM/);
  });
});
