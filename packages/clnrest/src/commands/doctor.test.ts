import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodePairingLink } from '@clnrest/runes';
import { describe, expect, onTestFinished, test } from 'vitest';
import { envelope, respondWith, serveRaw } from '@clnrest/testing/serve';
import { issueAuthority, issueCertificate } from '../doctor/testing/certificates.ts';
import { LIST, RUNE, startGateway } from '../doctor/testing/gateway.ts';
import { doctor } from './doctor.ts';

async function run(words: readonly string[], env: NodeJS.ProcessEnv = {}, stdin = '') {
  let out = '';
  let error = '';
  const terminal = {
    out: (text: string) => void (out += text),
    error: (text: string) => void (error += text),
    input: () => Promise.resolve(stdin),
  };
  const status = await doctor(words, terminal, { HOME: '/nowhere', ...env });
  return { status, out, error };
}

/** Returns the text of a check's line. */
function line(out: string, check: string): string | undefined {
  return new RegExp(`^\\S+ +${check} +(.*)$`, 'm').exec(out)?.[1];
}

describe('clnrest doctor', () => {
  test('prints a line for each check, then a summary', async () => {
    const { url } = await startGateway();
    const { status, out, error } = await run(['--url', url], { CLNREST_RUNE: RUNE });
    expect([status, error]).toEqual([0, '']);
    const { port } = new URL(url);
    expect(out).toBe(`${url}

ok       name       127.0.0.1 is an address
ok       port       127.0.0.1:${port} accepts connections
ok       protocol   http, as the URL says
ok       gateway    lists 4 commands
ok       clock      agrees with this machine's
warning  rune       rune 0 allows every command: anyone who has it can spend all funds of the node
                    -> create a narrower rune, which works without the node: clnrest rune restrict RUNE method=…
ok       node       accepts rune 0, which allows getinfo now
warning  polling    the server does not offer Socket.IO
                    -> update the gateway if its version lacks Socket.IO; if a proxy is in front of it, forward /socket.io/
warning  websocket  the server does not offer Socket.IO
                    -> update the gateway if its version lacks Socket.IO; if a proxy is in front of it, forward /socket.io/
ok       events     the server accepts subscriptions

no problems, 3 warnings
`);
  });

  test('reads the URL, the rune and the authority from options, files, stdin and links', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'clnrest-doctor-'));
    onTestFinished(() => rm(directory, { recursive: true }));
    const ca = await issueAuthority();
    const file = (name: string) => join(directory, name);
    await writeFile(file('ca.pem'), ca.cert);
    await writeFile(file('rune'), `${RUNE}\n`);
    const { url } = await startGateway({}, await issueCertificate({}, ca));
    const link = encodePairingLink({ url, rune: RUNE, ca: ca.cert });
    const cases: [string[], NodeJS.ProcessEnv, string][] = [
      [['--url', url, '--ca', file('ca.pem'), '--rune', RUNE], { CLNREST_RUNE: 'x' }, ''],
      [[url, '--ca', file('ca.pem')], { CLNREST_RUNE: RUNE }, ''],
      [[url, '--ca', file('ca.pem'), '--rune-file', file('rune')], { CLNREST_RUNE: 'x' }, ''],
      [[url, '--ca', file('ca.pem'), '--rune-file=-'], {}, `${RUNE}\n`],
      [[link], { CLNREST_RUNE: 'x' }, ''],
      [['--url', link], {}, ''],
      [[new URL(url).host, '--ca', file('ca.pem')], { CLNREST_RUNE: RUNE }, ''],
      [['-'], {}, `${link}\n`],
      [[], { CLNREST_URL: url, CLNREST_CA: file('ca.pem'), CLNREST_RUNE: RUNE }, ''],
      [[], { CLNREST_URL: link }, ''],
      [['--rune-file=-'], {}, `${link}\n`],
      [[url, '--ca', file('ca.pem'), '--rune-file=-'], {}, `{"rune":"${RUNE}"}\n`],
      [[url, '--ca', file('ca.pem')], { CLNREST_RUNE: `"${RUNE}"` }, ''],
      [[link.replace(/rune=[^&]*/, 'rune=x'), '--rune', RUNE], {}, ''],
    ];
    for (const [words, env, stdin] of cases) {
      const { status, out } = await run(words, env, stdin);
      expect([status, line(out, 'node')]).toEqual([0, 'accepts rune 0, which allows getinfo now']);
      expect(out).not.toContain(RUNE.slice(0, 30));
    }
  });

  test('accepts a rune that begins with -', async () => {
    const { url, requests } = await startGateway();
    const rune = '-tXzL3GhECjqxj-0lceBQjgOuwPBG3sHQysg8DGnr549MCZtZXRob2Q9Z2V0aW5mbyZwbnVtPDIw';
    const { out, error } = await run(['--rune', rune, url]);
    expect(error).toBe('');
    expect(line(out, 'rune')).toContain('rune 0 allows getinfo');
    expect(requests.some((request) => request.rune === rune)).toBe(true);
    expect(out).not.toContain(rune.slice(2, 12));
    expect(await run([rune])).toMatchObject({
      status: 3,
      error: expect.not.stringContaining(rune.slice(2, 12)),
    });
  });

  test('exits with 1 for a problem, and reports it as JSON', async () => {
    const { url } = await startGateway({
      'GET /v1/list-methods': respondWith(502, envelope(-32000, 'The node cannot be reached')),
    });
    const { status, out } = await run([url, '--json']);
    expect(status).toBe(1);
    const { checks, ...rest } = JSON.parse(out) as { checks: { check: string }[] };
    expect(rest).toEqual({ url, status: 'problem' });
    expect(checks.find(({ check }) => check === 'gateway')).toEqual({
      check: 'gateway',
      status: 'problem',
      code: 'node_away',
      found: 'the gateway answers 502: The node cannot be reached',
      remedy: "lightningd has stopped, or is too old to check runes: see the node's log",
    });
  });

  test.each([
    [['--nope']],
    [[`--${RUNE}`]],
    [['--url']],
    [['a', 'b']],
    [['http://127.0.0.1:1', '--url=http://127.0.0.1:1']],
    [['nonsense']],
    [['ftp://127.0.0.1']],
    [['https://user:pw@127.0.0.1']],
    [[`https://127.0.0.1:1?rune=${RUNE}`]],
    [[`clnrest+https://127.0.0.1?rune=${RUNE}`]],
    [[`clnrest+gopher://127.0.0.1:1?rune=${RUNE}`]],
    [['--timeout=0']],
    [['--timeout=soon']],
    [['--timeout=601']],
    [['--origin=localhost']],
    [['--rune-file=/nowhere/rune']],
    [['-', '--rune-file=-']],
  ])('rejects %j with status 3, without quoting secrets', async (words) => {
    const { status, out, error } = await run(words);
    expect([status, out]).toEqual([3, '']);
    expect(error).toMatch(/^clnrest doctor: .+\n$/);
    expect(error).not.toContain(RUNE.slice(0, 30));
  });

  test('rejects a URL with an API path, and suggests one without', async () => {
    const { url, requests } = await startGateway();
    const link = encodePairingLink({ url, rune: RUNE }).replace('?', '/v1?');
    const message = `clnrest doctor: the URL must not include the API path: use ${url}\n`;
    for (const text of [`${url}/v1`, `${url}/v1/getinfo`, `${url}/v1/list-methods/`, link]) {
      expect(await run([text])).toEqual({ status: 3, out: '', error: message });
      expect(await run(['--url', text])).toEqual({ status: 3, out: '', error: message });
    }
    expect(requests).toEqual([]);
  });

  test('prints help', async () => {
    const { status, out } = await run(['--help']);
    expect([status, out]).toEqual([0, expect.stringContaining('Usage: clnrest doctor')]);
  });
});

describe('a malicious server', () => {
  const ESCAPES = '\u001b[2J\u001b]0;x\u0007\u202e\u009b31m';
  const RESPONSES: readonly (readonly [string, (rune: string) => string | Buffer])[] = [
    ['nothing', () => ''],
    ['escape sequences', () => `HTTP/1.1 200 \u009b31m\r\nServer: \u009b2J\r\n\r\n${ESCAPES}`],
    [
      'the rune',
      (rune) => `HTTP/1.1 401 ${rune}\r\nServer: ${rune}\r\nLocation: ${rune}\r\n\r\n${rune}`,
    ],
    ['a refusal with all of these', (rune) => json(401, envelope(1502, `${ESCAPES} ${rune}`))],
    ['a list of commands with all of these', (rune) => json(200, hostileList(rune))],
    ['unfinished headers', () => 'HTTP/1.1 200 OK\r\nContent-'],
    ['an unfinished body', () => 'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{'],
    ['zeros', () => Buffer.alloc(100_000)],
    ['an unfinished TLS record', () => Buffer.from([22, 3, 3, 255, 255, 2, 0, 0])],
    ['a TLS alert', () => Buffer.from([21, 3, 3, 0, 2, 2, 40])],
    [
      'an upgrade for every request',
      () => 'HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n',
    ],
  ];

  function json(status: number, body: string): string {
    const head = `HTTP/1.1 ${status} x\r\nContent-Type: application/json\r\n`;
    return `${head}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
  }

  function hostileList(rune: string): string {
    const help = [ESCAPES, rune, 'getinfo'].map((command) => ({ command }));
    return JSON.stringify({ help });
  }

  test.each(RESPONSES)('that sends %s does no harm', async (_, response) => {
    const port = await serveRaw((socket) => {
      let received = '';
      socket.on('data', (chunk) => {
        received += chunk.toString('latin1');
        const rune = /^rune: (\S+)/im.exec(received)?.[1] ?? RUNE;
        socket.write(response(rune));
      });
    });
    for (const protocol of ['http', 'https']) {
      const words = [`${protocol}://127.0.0.1:${port}`, '--timeout=0.3', '--origin=https://x'];
      const { status, out, error } = await run([...words, '--rune', RUNE]);
      expect([status, error]).toEqual([1, '']);
      expect(out).toMatch(/\n[1-9][0-9]* problems?(?:, [0-9]+ warnings?)?\n$/);
      expect(out).not.toContain(RUNE.slice(0, 30));
      // oxlint-disable-next-line no-control-regex
      expect(out.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
    }
  });

  test('with an untrusted certificate receives no rune', async () => {
    const untrusted = await issueCertificate({}, await issueAuthority());
    const { url, requests } = await startGateway(
      { 'GET /v1/list-methods': respondWith(200, LIST) },
      untrusted,
    );
    const link = encodePairingLink({ url, rune: RUNE, ca: (await issueAuthority()).cert });
    const { status, out } = await run([link, '--origin=https://x']);
    expect(status).toBe(1);
    expect(line(out, 'signature')).toContain('signed by another authority');
    expect(requests.length).toBeGreaterThan(1);
    expect(requests.filter(({ rune }) => rune !== undefined)).toEqual([]);
  });
});
