import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodePairingLink } from '@clnrest/runes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { UsageError } from '../usage-error.ts';
import { readConnection } from './connection.ts';

const RUNE = 'KUhZzNlECC7pYsz3QVbF1TqjIUYi3oyESTI7n60hLMs9MA==';
const OTHER = '9CsFtt9kKMTzzWxSEB31CFmOnCR6ZEKxfiQAnOmfdUQ9MCZtZXRob2Q9Z2V0aW5mbw==';
const CA = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----';
const NODE_URL = 'https://node.local:3010';
const LINK = encodePairingLink({ url: NODE_URL, rune: RUNE });
const LINK_WITH_CA = encodePairingLink({ url: NODE_URL, rune: RUNE, ca: CA });

let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'clnrest-connection-'));
});
afterAll(() => rm(home, { recursive: true }));

interface Given {
  readonly url?: string;
  readonly rune?: string;
  readonly runeFile?: string;
  readonly ca?: string;
  readonly stdin?: string;
  readonly env?: NodeJS.ProcessEnv;
}

async function read({ stdin = '', env = {}, ...given }: Given) {
  const options = {
    url: undefined,
    rune: undefined,
    runeFile: undefined,
    ca: undefined,
    pace: false,
    ...given,
  };
  const terminal = {
    out: () => undefined,
    error: () => undefined,
    input: () => Promise.resolve(stdin),
  };
  const { url, rune, authority } = await readConnection(options, terminal, { HOME: home, ...env });
  return { url: url.href, rune, authority };
}

const SYSTEM = { kind: 'system' };
const file = (path: string) => ({ kind: 'file', path });
const pem = { kind: 'link', pem: CA };

test.each<[Given, string]>([
  [{ rune: '' }, '--rune contains no rune'],
  [{ runeFile: '-', stdin: '\n' }, 'stdin contains no rune'],
  [{ runeFile: '-', stdin: 'LIGHTNING_RUNE=\n' }, 'stdin contains no rune'],
  [{ runeFile: '/dev/null' }, '/dev/null contains no rune'],
])('%j has no rune', async (given, message) => {
  await expect(read(given)).rejects.toThrow(message);
});

test('an empty variable is no rune', async () => {
  for (const value of ['', ' ', 'LIGHTNING_RUNE=""']) {
    expect(await read({ env: { CLNREST_RUNE: value } })).toMatchObject({ rune: undefined });
  }
});

describe('the URL', () => {
  test.each<[string, Given, string]>([
    ['the default', {}, 'https://127.0.0.1:3010/'],
    ['an option', { url: 'http://10.0.0.1:1/node' }, 'http://10.0.0.1:1/node/'],
    ['a host and a port', { url: '10.0.0.1:3010' }, 'https://10.0.0.1:3010/'],
    ['a pairing link', { url: LINK }, `${NODE_URL}/`],
    ['stdin', { url: '-', stdin: `${LINK}\n` }, `${NODE_URL}/`],
    ['the environment', { env: { CLNREST_URL: `${NODE_URL}\n` } }, `${NODE_URL}/`],
    ['a link in the environment', { env: { CLNREST_URL: LINK } }, `${NODE_URL}/`],
    ['an empty variable', { env: { CLNREST_URL: '' } }, 'https://127.0.0.1:3010/'],
    [
      'an option before the environment',
      { url: NODE_URL, env: { CLNREST_URL: 'x' } },
      `${NODE_URL}/`,
    ],
    ['a link as the rune', { rune: LINK }, `${NODE_URL}/`],
    ['a page as the rune', { rune: `${NODE_URL}/runes#rune=${RUNE}` }, `${NODE_URL}/`],
    ['a link as the rune, and an option', { rune: LINK, url: '10.0.0.1:1' }, 'https://10.0.0.1:1/'],
    [
      'a link as the rune, and the environment',
      { runeFile: '-', stdin: LINK, env: { CLNREST_URL: '10.0.0.1:1' } },
      'https://10.0.0.1:1/',
    ],
  ])('from %s', async (_, given, url) => {
    expect(await read(given)).toMatchObject({ url });
  });

  test.each<[Given, string]>([
    [{ url: 'nonsense' }, 'invalid URL'],
    [{ url: 'ftp://x' }, 'unsupported URL'],
    [{ url: `${NODE_URL}/v1/getinfo` }, `use ${NODE_URL}`],
    [{ env: { CLNREST_URL: 'nonsense' } }, 'invalid URL'],
    [{ url: `clnrest+https://node.local?rune=${RUNE}` }, 'invalid pairing link'],
    [{ rune: `clnrest+https://node.local?rune=${RUNE}` }, 'invalid pairing link as the rune'],
    [{ url: '-', runeFile: '-' }, 'stdin cannot contain both'],
    [{ runeFile: '/nowhere/rune' }, 'cannot read /nowhere/rune'],
  ])('%j is refused without quoting a rune', async (given, message) => {
    const error: unknown = await read(given).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(UsageError);
    expect(String(error)).toContain(message);
    expect(String(error)).not.toContain(RUNE.slice(0, 10));
  });
});

describe('the rune', () => {
  test.each<[string, string]>([
    ['itself', `${RUNE}\n`],
    ["createrune's JSON", `{\n   "rune": "${RUNE}",\n   "unique_id": "0"\n}\n`],
    ['a variable', `LIGHTNING_RUNE="${RUNE}"\n`],
    ['an environment file', `LIGHTNING_PUBKEY="02ab"\nLIGHTNING_RUNE="${RUNE}"\n`],
    ['quotes', `"${RUNE}"`],
    ['a pairing link', LINK],
  ])('as %s, from a file, stdin, an option and the environment', async (_, text) => {
    const path = join(home, 'rune');
    await writeFile(path, text);
    const all: Given[] = [
      { runeFile: path },
      { runeFile: '-', stdin: text },
      { rune: text },
      { env: { CLNREST_RUNE: text } },
    ];
    for (const given of all) expect(await read(given)).toMatchObject({ rune: RUNE });
  });

  test('of the options counts before that of a link, and that before the environment', async () => {
    const env = { CLNREST_RUNE: OTHER };
    expect(await read({ url: LINK, env })).toMatchObject({ rune: RUNE });
    expect(await read({ url: LINK, rune: OTHER })).toMatchObject({ rune: OTHER });
    expect(await read({ env: { CLNREST_URL: LINK } })).toMatchObject({ rune: RUNE });
    expect(await read({ url: NODE_URL, env })).toMatchObject({ rune: OTHER });
    expect(await read({ url: NODE_URL })).toMatchObject({ rune: undefined });
  });

  test('is kept if it is malformed', async () => {
    expect(await read({ rune: ' not a rune ' })).toMatchObject({ rune: 'not a rune' });
  });
});

describe('the authority', () => {
  test.each<[string, Given, unknown]>([
    ['the system', { url: NODE_URL }, SYSTEM],
    ['an option', { url: LINK_WITH_CA, ca: 'ca.pem' }, file('ca.pem')],
    ['a link', { url: LINK_WITH_CA }, pem],
    ['a link as the rune', { rune: LINK_WITH_CA }, pem],
    ['a link before the environment', { url: LINK_WITH_CA, env: { CLNREST_CA: 'x' } }, pem],
    ['the environment', { url: NODE_URL, env: { CLNREST_CA: 'ca.pem' } }, file('ca.pem')],
    ['an empty variable', { url: NODE_URL, env: { CLNREST_CA: '' } }, SYSTEM],
    [
      'the environment, since the authority of a link is for its own URL',
      { url: '10.0.0.1:3010', rune: LINK_WITH_CA, env: { CLNREST_CA: 'ca.pem' } },
      file('ca.pem'),
    ],
  ])('from %s', async (_, given, authority) => {
    expect(await read(given)).toMatchObject({ authority });
  });

  test('of the sandbox counts on this machine, after the environment', async () => {
    const path = join(home, '.lightning/regtest/clnrest/ca.pem');
    await mkdir(join(path, '..'), { recursive: true });
    await writeFile(path, CA);
    expect(await read({})).toMatchObject({ authority: file(path) });
    expect(await read({ url: '127.0.0.1:3020' })).toMatchObject({ authority: file(path) });
    expect(await read({ env: { CLNREST_CA: 'other.pem' } })).toMatchObject({
      authority: file('other.pem'),
    });
    expect(await read({ url: NODE_URL })).toMatchObject({ authority: SYSTEM });
  });
});
