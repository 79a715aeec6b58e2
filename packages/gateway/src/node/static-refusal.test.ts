import { get } from 'node:http';
import { Alternative, Master, Restriction } from '@clnrest/runes';
import { describe, expect, onTestFinished, test } from 'vitest';
import { FakeNode } from '@clnrest/testing/fake-node';
import { type Answer, ask, call } from '@clnrest/testing/http-client';
import { readRegistration } from '../paths/read-registration.ts';
import { testGateway, type TestGateway } from '../testing/gateway.ts';

/** From BOLT 11's examples: 250,000,000 msat, "1 cup coffee". */
const INVOICE =
  'lnbc2500u1pvjluezsp5zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zygspp5qqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqypqdq5xysxxatsyp3k7enxv4jsxqzpu9qrsgquk0rl77nj30yxdy8j9vdx85fkpmdla2087ne0xh8nhedh8w27kyke0lp53ut353s06fv3qfegext0eh0ymjpf39tuven09sam30g4vgpfna3rh';

const master = new Master(new Uint8Array(32).fill(7));

/** A rune with restrictions as `createrune` takes them. */
function runeOf(...restrictions: readonly (readonly string[])[]): string {
  return master
    .create(
      '0',
      restrictions.map((texts) => new Restriction(texts.map((text) => Alternative.of(text)))),
    )
    .toBase64();
}

/** Starts a gateway whose node accepts every rune, which lightningd can do, and has the command `echo`. */
async function startPermissive(...paths: readonly (readonly unknown[])[]): Promise<TestGateway> {
  const node = await FakeNode.start({ echo: (each) => each.result(each.params) });
  const gateway = await testGateway({ node });
  for (const path of paths) {
    gateway.paths.register(readRegistration(JSON.stringify(path), 4_096));
  }
  return gateway;
}

/** `{"a":1,"b":2}` in each format. */
const BODIES = [
  ['application/json', '{"a":1,"b":2}'],
  ['application/yaml', 'a: 1\nb: 2\n'],
  ['application/xml', '<echo><a>1</a><b>2</b></echo>'],
  ['application/x-www-form-urlencoded', 'a=1&b=2'],
] as const;

const FORBIDDEN = [
  [
    runeOf(['pnamea=2', 'pnamea=3', 'pnamea=1'], ['pnamea=5', 'pnameb!']),
    'parameter a is not equal to 5 AND pnameb is present',
  ],
  [runeOf(['pnamea=1'], ['pnameb!']), 'parameter b is present'],
  [runeOf(['pnameb=2'], ['pnamea/7'], ['pnamea!']), 'parameter a is present'],
  [runeOf(['pnamec!', 'pnamea=1'], ['rate=60'], ['pnameb^1']), 'parameter b does not start with 1'],
  [runeOf(['pnamea=1'], ['pnamec=3']), 'parameter c not present'],
  [runeOf(['pnamea=1'], ['pnum<2']), 'number of parameters is greater or equal to 2'],
  [runeOf(['pnamea=1'], ['method=pay']), 'method is not equal to pay'],
  [runeOf(['pnamea=1'], ['parr0=1']), 'parameter #0 not present'],
  [runeOf(['pnamea=1'], ['id^02']), 'id not present'],
  [runeOf(['pnamea=1'], ['pinvbolt11_amount<5']), 'Unknown invoice parameter bolt11'],
] as const;

const ALLOWED: readonly string[] = [
  runeOf(),
  runeOf(['pnamea=2', 'pnamea=1'], ['pnameb=2', 'pnameb!']),
  // Only the node can check these restrictions, and it accepts them.
  runeOf(['pnamea=2', 'rate=60']),
  runeOf(['rate=60'], ['per=1day'], ['per=1week']),
  runeOf(['time<1']),
  runeOf(['bogus=1']),
];

function expectRefusal(answer: Answer, reason: string): void {
  const message = `Not permitted: ${reason}`;
  expect([answer.status, answer.json()]).toMatchObject([401, { code: 1502, message }]);
}

describe('a call that the node allows and the rune forbids', () => {
  test.each(BODIES)('does not run with parameters in %s', async (type, body) => {
    const { url, node } = await startPermissive();
    for (const [rune, reason] of FORBIDDEN) {
      expectRefusal(await call(url, 'echo', body, { 'content-type': type, rune }), reason);
    }
    expect(node.paramsOf('checkrune')).toHaveLength(FORBIDDEN.length);
    expect(node.paramsOf('echo')).toEqual([]);
  });

  test.each(BODIES)('does not run at a registered path with %s', async (type, body) => {
    const { url, node } = await startPermissive(['go', 'echo', 'POST']);
    for (const [rune, reason] of FORBIDDEN) {
      const headers = { rune, 'content-type': type };
      expectRefusal(await ask(`${url}/go`, { method: 'POST', headers, body }), reason);
    }
    expect(node.paramsOf('echo')).toEqual([]);
  });

  test('does not run with parameters from a path and a query', async () => {
    const { url, node } = await startPermissive(['go/{a}', 'echo', 'GET']);
    for (const [rune, reason] of FORBIDDEN) {
      expectRefusal(await ask(`${url}/go/1?b=2`, { headers: { rune } }), reason);
    }
    expect(node.paramsOf('echo')).toEqual([]);
  });

  test('is checked at a registered path against the registered restrictions', async () => {
    const nodeid = `02${'ab'.repeat(32)}`;
    const restrictions = { nodeid, method: 'shop', params: { a: 5 } };
    const { url, node } = await startPermissive(['go', 'echo', 'POST', true, restrictions]);
    const send = (...texts: string[][]): Promise<Answer> =>
      ask(`${url}/go`, { method: 'POST', headers: { rune: runeOf(...texts) }, body: '{"a":1}' });
    expect((await send([`id=${nodeid}`], ['method=shop'], ['pnamea=5'])).status).toBe(201);
    expectRefusal(await send(['pnamea=5'], ['method=echo']), 'method is not equal to echo');
    expectRefusal(await send(['pnamea=1']), 'parameter a is not equal to 1');
    expectRefusal(await send(['id!']), 'id is present');
    expect(node.paramsOf('echo')).toHaveLength(1);
  });

  test('does not subscribe', async () => {
    const { url } = await startPermissive();
    const rune = runeOf(['rate=60'], ['pnum>0']);
    const refused = await ask(`${url}/v1/notifications`, { headers: { rune } });
    expectRefusal(refused, 'number of parameters is less or equal to 0');
    const allowed = runeOf(['rate=60'], ['pnum=0']);
    const status = await new Promise((resolve, reject) => {
      const request = get(`${url}/v1/notifications`, { headers: { rune: allowed }, agent: false });
      request.on('response', (response) => resolve(response.statusCode)).on('error', reject);
      onTestFinished(() => void request.destroy());
    });
    expect(status).toBe(200);
  });
});

describe('a call that only the node can decide', () => {
  test('runs if the node allows it', async () => {
    const { url, node } = await startPermissive();
    for (const rune of ALLOWED) {
      expect((await call(url, 'echo', '{"a":1,"b":2}', { rune })).status).toBe(201);
    }
    expect(node.paramsOf('checkrune')).toHaveLength(ALLOWED.length);
  });

  test('does not run if the node refuses it', async () => {
    const { url, node } = await startPermissive();
    for (const [code, message] of [
      [1501, 'Not authorized: Not derived from master'],
      [1502, 'Not permitted: too soon'],
      [1503, 'Not authorized: Blacklisted rune'],
    ] as const) {
      node.on('checkrune', (each) => each.error(code, message));
      // The node's error has priority over the gateway's own refusal.
      for (const rune of [...ALLOWED, FORBIDDEN[0][0]]) {
        const answer = await call(url, 'echo', '{"a":1,"b":2}', { rune });
        expect([answer.status, answer.json()]).toMatchObject([401, { code, message }]);
      }
    }
    node.on('checkrune', (each) => each.result('{"valid":"true"}'));
    expect((await call(url, 'echo', '{}', { rune: runeOf() })).status).toBe(401);
    expect(node.paramsOf('echo')).toEqual([]);
  });
});

describe('an invoice', () => {
  test.each([
    [['pinvbolt11_amount<250000001'], INVOICE, undefined],
    [
      ['pinvbolt11_amount<250000000'],
      INVOICE,
      'invoice parameter bolt11_amount is greater or equal to 250000000',
    ],
    [['pinvbolt11_amount<250000000', 'rate=1'], INVOICE, undefined],
    [['pinvbolt11_amount<5'], 'lnbc1x', 'Invalid invoice: Bad bech32 string'],
    [['pinvbolt11_amount<5'], `lnbc1${'q'.repeat(17_000)}`, 'Invalid invoice: too many characters'],
    // BOLT 12: only the node parses it, in any case and length.
    [['pinvbolt11_amount<5'], 'lni1qqqqqqqq', undefined],
    [['pinvbolt11_amount<5'], `LNI1${'Q'.repeat(17_000)}`, undefined],
  ])('after another restriction is checked for %j', async (texts, invoice, reason) => {
    const { url, node } = await startPermissive();
    const rune = runeOf(['pnamebolt11/x'], texts);
    const answer = await call(url, 'echo', JSON.stringify({ bolt11: invoice }), { rune });
    if (reason === undefined) expect(answer.status).toBe(201);
    else expectRefusal(answer, reason);
    expect(node.paramsOf('echo')).toHaveLength(reason === undefined ? 1 : 0);
  });
});

test('a rune that requires too many comparisons with a large body is refused', async () => {
  const gateway = await startPermissive();
  const rune = runeOf(
    Array.from({ length: 200 }, (_, index) => `pnamea~${index}x`).concat('pnamea^y'),
  );
  const body = JSON.stringify({ a: `y${'x'.repeat(2_000_000)}` });
  const refused = await call(gateway.url, 'echo', body, { rune });
  expect([refused.status, refused.body]).toEqual([
    400,
    expect.stringContaining('too deep or too many'),
  ]);
  const fine = await call(gateway.url, 'echo', '{"a":"y"}', { rune });
  expect(fine.status).toBe(201);
  expect(gateway.node.paramsOf('echo')).toEqual(['{"a":"y"}']);
});
