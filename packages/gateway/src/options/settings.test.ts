import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { homeDirectory } from '@clnrest/lightningd';
import { describe, expect, test } from 'vitest';
import { builds } from '../builds.ts';
import { declareOptions, OPTIONS } from './declarations.ts';
import { OptionError, readSettings, type Settings } from './settings.ts';

/** The network interface of loopback, and its first address. */
const LOOPBACK = Object.entries(networkInterfaces()).flatMap(([name, infos]) => {
  const first = infos?.[0];
  return first?.internal === true ? [{ name, address: first.address }] : [];
})[0] ?? { name: 'lo', address: '127.0.0.1' };

const DEFAULTS = {
  'rest-port': 3010,
  'rest-protocol': OPTIONS.protocol.default,
  'rest-host': [OPTIONS.host.default],
  'rest-names': [],
  'rest-certs': undefined,
  'rest-csp': OPTIONS.csp.default,
  'rest-cors-origins': [OPTIONS['cors-origins'].default],
  'rest-swagger-root': OPTIONS['swagger-root'].default,
  'rest-rune-recheck': OPTIONS['rune-recheck'].default,
  'rest-judge': OPTIONS.judge.default,
  'rest-log-calls': OPTIONS['log-calls'].default,
  'rest-metrics-port': undefined,
  'rest-metrics-host': OPTIONS['metrics-host'].default,
  'rest-trusted-proxies': [],
  'rest-redis': undefined,
  'rest-redis-ca': undefined,
  'rest-redis-length': OPTIONS['redis-length'].default,
};

function read(changes: Record<string, unknown> = {}, build: 'rest' | 'clnrest' = 'rest') {
  const values = Object.entries({ ...DEFAULTS, ...changes }).map(([name, value]) => [
    name.replace(/^rest/, build),
    value,
  ]);
  return readSettings(builds[build], Object.fromEntries(values), '/home/me/.lightning/regtest');
}

async function refusal(changes: Record<string, unknown>): Promise<string> {
  try {
    await read(changes);
  } catch (error) {
    if (error instanceof OptionError) return error.message;
    throw error;
  }
  throw new Error('it was accepted');
}

describe('options', () => {
  test('are declared under the names of the build', () => {
    expect(Object.keys(declareOptions(builds.rest))).toEqual(Object.keys(DEFAULTS));
    expect(Object.keys(declareOptions(builds.clnrest))).toContain('clnrest-swagger-root');
  });

  test('have the documented defaults', async () => {
    const settings = await read();
    expect(settings).toMatchObject({
      port: 3010,
      protocol: 'https',
      hosts: [{ host: '127.0.0.1', addresses: ['127.0.0.1'] }],
      names: [],
      certificates: '/home/me/.lightning/regtest/clnrest',
      contentSecurityPolicy:
        "default-src 'self'; font-src 'self'; img-src 'self' data:; frame-src 'self'; style-src 'self' 'unsafe-inline'; script-src 'self' 'unsafe-inline';",
      swaggerRoot: '',
      runeRecheck: 60,
      judge: 'auto',
      logCalls: 'off',
      metrics: undefined,
      trustedProxies: [],
    } satisfies Partial<Settings>);
    expect(settings.origins).toEqual(['*']);
    expect((await read({}, 'clnrest')).certificates).toBe('/home/me/.lightning/regtest');
  });

  test.each([
    [{ 'rest-protocol': 'HTTP' }, { protocol: 'http' }],
    [{ 'rest-port': 1024 }, { port: 1024 }],
    [{ 'rest-rune-recheck': 1 }, { runeRecheck: 1 }],
    [{ 'rest-judge': 'node' }, { judge: 'node' }],
    [{ 'rest-port': 65535 }, { port: 65535 }],
    [
      { 'rest-trusted-proxies': ['loopback', '10.0.0.0/8'] },
      { trustedProxies: ['loopback', '10.0.0.0/8'] },
    ],
    [{ 'rest-certs': '/etc/certs' }, { certificates: '/etc/certs' }],
    [{ 'rest-certs': '../certs' }, { certificates: '/home/me/.lightning/certs' }],
    [{ 'rest-certs': '~/certs' }, { certificates: join(homeDirectory() ?? '', 'certs') }],
    [{ 'rest-host': ['::'] }, { hosts: [{ host: '::', addresses: ['::'] }] }],
    [{ 'rest-host': ['[::1]'] }, { hosts: [{ host: '::1', addresses: ['::1'] }] }],
    [
      { 'rest-host': ['10.0.0.1', '[fd00::1]', '10.0.0.1'] },
      {
        hosts: [
          { host: '10.0.0.1', addresses: ['10.0.0.1'] },
          { host: 'fd00::1', addresses: ['fd00::1'] },
        ],
      },
    ],
    // Addresses that another one covers cannot be used twice.
    [
      { 'rest-host': ['127.0.0.1', '::1', '0.0.0.0'] },
      {
        hosts: [
          { host: '::1', addresses: ['::1'] },
          { host: '0.0.0.0', addresses: ['0.0.0.0'] },
        ],
      },
    ],
    [
      { 'rest-host': ['127.0.0.1', '::', 'localhost'] },
      { hosts: [{ host: '::', addresses: ['::'] }] },
    ],
    [
      { 'rest-host': ['0.0.0.0', '::'] },
      {
        hosts: [
          { host: '0.0.0.0', addresses: ['0.0.0.0'] },
          { host: '::', addresses: ['::'] },
        ],
      },
    ],
    [
      {
        'rest-names': [
          'Node.Example.com.',
          '203.0.113.7',
          '[fd00:0::7]',
          '*.example.org',
          'my_node',
        ],
      },
      { names: ['node.example.com', '203.0.113.7', 'fd00::7', '*.example.org', 'my_node'] },
    ],
    [{ 'rest-names': ['Bücher.example'] }, { names: ['xn--bcher-kva.example'] }],
    [{ 'rest-csp': '' }, { contentSecurityPolicy: '' }],
    [{ 'rest-swagger-root': '/doc' }, { swaggerRoot: '/doc' }],
    [{ 'rest-swagger-root': '/my/doc/' }, { swaggerRoot: '/my/doc' }],
  ])('accept %j', async (changes, expected) => {
    expect(await read(changes)).toMatchObject(expected);
  });

  test.each([
    [['::1', '0:0:0:0:0:0:0:1', '[::1]'], ['::1']],
    [['127.0.0.1', '::ffff:127.0.0.1', '::FFFF:7f00:1'], ['127.0.0.1']],
    [
      ['2001:DB8::1', '2001:db8:0::1', '2001:db8::2'],
      ['2001:DB8::1', '2001:db8::2'],
    ],
  ])('listen once for the spellings %j of an address', async (hosts, expected) => {
    const settings = await read({ 'rest-host': hosts });
    expect(settings.hosts.map(({ host }) => host)).toEqual(expected);
  });

  test('accept a host name that resolves', async () => {
    const { hosts } = await read({ 'rest-host': ['localhost'] });
    expect(hosts.map(({ host }) => host)).toEqual(['localhost']);
    expect(['127.0.0.1', '::1']).toEqual(expect.arrayContaining([...(hosts[0]?.addresses ?? [])]));
  });

  test.each([
    [{ 'rest-port': undefined }, '`rest-port` option is not configured'],
    [
      { 'rest-port': 1000 },
      '`rest-port` 1000, should be a valid available port between 1024 and 65535.',
    ],
    [
      { 'rest-port': 65536 },
      '`rest-port` 65536, should be a valid available port between 1024 and 65535.',
    ],
    [
      { 'rest-port': -1 },
      '`rest-port` -1, should be a valid available port between 1024 and 65535.',
    ],
    [
      { 'rest-protocol': 'htttps' },
      '`rest-protocol` can either be http or https. `htttps` is neither.',
    ],
    [
      { 'rest-host': ['127.0.0.1', '127.0.0.12.15'] },
      '`rest-host` should be a valid IP. `127.0.0.12.15` is not an IP address',
    ],
    [
      { 'rest-host': ['fe80::1%no-such-interface'] },
      '`rest-host` `fe80::1%no-such-interface` cannot be used: this machine has no network interface `no-such-interface`. It has ',
    ],
    [
      { 'rest-host': ['fe80::1'] },
      '`rest-host` `fe80::1` cannot be used: a link-local address needs its network interface: write `fe80::1%',
    ],
    [
      { 'rest-host': [LOOPBACK.name] },
      `\`rest-host\` \`${LOOPBACK.name}\` cannot be used: it is a network interface: set its address, ${LOOPBACK.address}`,
    ],
    [
      { 'rest-host': ['no-such-interface'] },
      '. Set an address of this machine, or 0.0.0.0 for all of them.',
    ],
    [
      { 'rest-metrics-port': 9092, 'rest-metrics-host': 'fe80::1%no-such-interface' },
      '`rest-metrics-host` `fe80::1%no-such-interface` cannot be used: this machine has no network',
    ],
    [{ 'rest-host': [''] }, '`rest-host` should be a valid IP. `` is not an IP address'],
    [
      { 'rest-host': ['no such\nhost'] },
      '`no such\\nhost` is not an IP address, and not a host name that resolves (',
    ],
    ...[
      'https://node.example.com',
      'node.example.com:3010',
      'node.example.com/v1',
      'a b',
      '',
      '0.0.0.0',
      '::',
      '1.2.3',
      'fe80::1%eth0',
      'a..b',
      '-a.example',
      `${'a'.repeat(64)}.example`,
      'a.*.example',
    ].map((name): [Record<string, unknown>, string] => [
      { 'rest-names': ['node.example.com', name] },
      `\`rest-names\` accepts DNS names like \`node.example.com\` and IP addresses like \`203.0.113.7\`, without scheme, port and path. \`${name}\` is neither.`,
    ]),
    [{ 'rest-certs': '' }, '`rest-certs` must be the path of a directory'],
    [
      { 'rest-certs': '~bob/certs' },
      '`rest-certs` `~bob/certs` cannot be used: ~bob/certs begins with ~: write the whole path, or ./~bob/certs for a file of this name.',
    ],
    [
      { 'rest-csp': "default-src 'self'\r\nSet-Cookie: a=b" },
      "`rest-csp` must be a Content-Security-Policy in visible ASCII characters. `default-src 'self'\\r\\nSet-Cookie: a=b` is not.",
    ],
    [{ 'rest-csp': 'default-src é' }, '`rest-csp` must be'],
    [{ 'rest-csp': '"default-src \'self\'"' }, '`rest-csp` is in quotes'],
    [{ 'rest-cors-origins': ['"*"'] }, 'is in quotes'],
    [{ 'rest-swagger-root': 'doc' }, '`rest-swagger-root` must start with `/`. `doc` does not.'],
    [{ 'rest-swagger-root': '' }, '`rest-swagger-root` must start with `/`'],
    [{ 'rest-swagger-root': '//doc' }, 'single slashes'],
    [{ 'rest-swagger-root': '/doc/..' }, 'single slashes'],
    [{ 'rest-swagger-root': '/:doc' }, 'single slashes'],
    [{ 'rest-swagger-root': '/do%63' }, 'single slashes'],
    [
      { 'rest-swagger-root': '/v1' },
      '`rest-swagger-root` must not be `/v1`: the server uses this path.',
    ],
    [{ 'rest-swagger-root': '/v1/doc' }, 'the server uses this path'],
    [{ 'rest-swagger-root': '/openapi.json' }, 'the server uses this path'],
    [{ 'rest-cors-origins': ['('] }, '`rest-cors-origins` accepts `*`, origins like'],
    [
      { 'rest-cors-origins': ['https://(?=a).*'] },
      'for whole origins: `https://(?=a).*` is not an origin or a supported regular expression: groups are `(…)` or `(?:…)`; `(?=` is not supported.',
    ],
    [{ 'rest-cors-origins': [] }, 'it must not be empty'],
    [
      { 'rest-trusted-proxies': ['::1', 'localhost'] },
      '`rest-trusted-proxies` accepts IP addresses, ranges like `10.0.0.0/8` and `fd00::/8`, and `loopback`. `localhost` is not one of them.',
    ],
    [{ 'rest-trusted-proxies': ['10.0.0.0/33'] }, '`10.0.0.0/33` is not one of them.'],
    [{ 'rest-trusted-proxies': [''] }, '`` is not one of them.'],
  ])('reject %j', async (changes, sentence) => {
    expect(await refusal(changes)).toContain(sentence);
  });
});
