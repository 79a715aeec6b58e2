import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { need, runSync } from '@clnrest/testing/programs';
import { useNode } from '../support/use-node.ts';

describe.each([
  ['the default host', [], ['https://127.0.0.1:PORT', 'https://localhost:PORT'] as string[]],
  ['IPv6', ['--rest-host=::1'], ['https://[::1]:PORT'] as string[]],
  [
    'several hosts',
    ['--rest-host=::1', '--rest-host=127.0.0.1', '--rest-names=node.example.com'],
    ['https://[::1]:PORT', 'https://127.0.0.1:PORT', 'https://node.example.com:PORT'] as string[],
  ],
])('%s', (_, options, urls) => {
  const node = useNode(...options);

  test.each(urls)('%s is trusted by curl with the authority alone', (url, context) => {
    need(context as never, 'curl');
    const port = new URL(node().url).port;
    const target = `${url.replace('PORT', port)}/v1/list-methods`;
    const resolve = ['localhost', 'node.example.com'].flatMap((name) => [
      '--resolve',
      `${name}:${port}:127.0.0.1`,
    ]);
    const text = runSync('curl', [
      '--silent',
      '--show-error',
      ...resolve,
      '--cacert',
      node().caFile,
      target,
    ]);
    expect(text).toContain('getinfo');
    expect(() => runSync('curl', ['--silent', '--show-error', ...resolve, target])).toThrow(
      /certificate/i,
    );
  });

  test('the set is valid, and its keys are for their owner only', (context) => {
    need(context, 'openssl');
    const directory = dirname(node().caFile);
    const file = (name: string): string => join(directory, name);
    for (const [name, purpose] of [
      ['server', 'sslserver'],
      ['client', 'sslclient'],
    ] as const) {
      const verify = [
        'verify',
        '-x509_strict',
        '-purpose',
        purpose,
        '-CAfile',
        file('ca.pem'),
        file(`${name}.pem`),
      ];
      expect(runSync('openssl', verify)).toMatch(/OK\n$/);
    }
    const text = runSync('openssl', ['x509', '-in', file('server.pem'), '-noout', '-text']);
    for (const part of [
      'prime256v1',
      'DNS:cln',
      'DNS:localhost',
      'IP Address:127.0.0.1',
      'IP Address:0:0:0:0:0:0:0:1',
    ]) {
      expect(text).toContain(part);
    }
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    for (const name of ['ca', 'server', 'client']) {
      expect(statSync(file(`${name}-key.pem`)).mode & 0o777).toBe(0o600);
    }
  });
});
