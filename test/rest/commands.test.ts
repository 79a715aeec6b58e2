import { beforeAll, describe, expect, test } from 'vitest';
import { ask, post } from '../support/http.ts';
import { useNode } from '../support/use-node.ts';

const node = useNode();
let everything: string;
let getinfo: string;

beforeAll(async () => {
  everything = await node().rune();
  getinfo = await node().rune(['method=getinfo']);
});

const envelope = (code: number, message: string): unknown => ({
  code,
  message,
  error: { code, message },
});

describe('a command over REST', () => {
  test('returns the result of the node byte for byte', async () => {
    const answer = await ask(node(), '/v1/getinfo', { rune: getinfo });
    expect(answer.status).toBe(201);
    expect(answer.headers['content-type']).toBe('application/json');
    expect(answer.text.trimEnd()).toBe(await node().rpc.callText('getinfo', {}));
    expect(answer.text.trimEnd()).not.toContain('\n');
  });

  test.each([
    ['an object', 'application/json', '{"label":"o-$","amount_msat":1000,"description":"d"}'],
    ['an array', 'application/json', '[1000,"a-$","d"]'],
    ['a form', 'application/x-www-form-urlencoded', 'label=f-%24&amount_msat=1000&description=d'],
    [
      'nulls',
      'application/json',
      '{"label":"n-$","amount_msat":1000,"description":"d","expiry":null}',
    ],
    [
      'a charset',
      'application/json; charset=utf-8',
      '{"label":"c-$","amount_msat":"1000msat","description":"☃"}',
    ],
  ])('takes %s', async (_, type, body) => {
    const headers = { 'content-type': type };
    const answer = await ask(node(), '/v1/invoice', { rune: everything, body, headers });
    expect(answer.json()).toHaveProperty('bolt11');
    expect(answer.status).toBe(201);
  });

  test.each([undefined, 'application/json', 'application/x-www-form-urlencoded'])(
    'treats an empty body of type %s as no parameters',
    async (type) => {
      const headers: Record<string, string> = type === undefined ? {} : { 'content-type': type };
      const answer = await ask(node(), '/v1/getinfo', { rune: getinfo, headers, body: '' });
      expect(answer.status).toBe(201);
    },
  );

  test('keeps every digit of numbers beyond 2^53 in both directions', async () => {
    const amount = '9007199254740993';
    const body = `{"label":"big","amount_msat":${amount},"description":"d"}`;
    expect((await post(node(), '/v1/invoice', everything, body)).status).toBe(201);
    const listed = await post(node(), '/v1/listinvoices', everything, '{"label":"big"}');
    expect(listed.text).toContain(`"amount_msat":${amount},`);
  });

  test('decodes UTF-8 and escapes to the same text', async () => {
    const body = '{"label":"\\u00e9\\u2603 \\"q\\" \\\\","amount_msat":"any","description":"d"}';
    expect((await post(node(), '/v1/invoice', everything, body)).status).toBe(201);
    const label = JSON.stringify('é☃ "q" \\');
    const listed = await post(node(), '/v1/listinvoices', everything, `{"label":${label}}`);
    expect(listed.json()).toMatchObject({ invoices: [{ label: 'é☃ "q" \\' }] });
  });

  test('returns errors of the command with their code and message', async () => {
    const missing = await post(node(), '/v1/invoice', everything, '{}');
    expect(missing.status).toBe(500);
    expect(missing.json()).toEqual(envelope(-32602, 'missing required parameter: amount_msat'));
    const unknown = await post(node(), '/v1/nosuchcommand', everything, '{}');
    expect(unknown.status).toBe(404);
    expect(unknown.json()).toEqual(envelope(-32601, "Unknown command 'nosuchcommand'"));
  });
});

describe('a rune', () => {
  test('is required', async () => {
    const answer = await ask(node(), '/v1/getinfo');
    expect(answer.status).toBe(403);
    expect(answer.json()).toEqual(envelope(1501, 'Not authorized: Missing rune'));
  });

  test('is refused if it does not allow the command', async () => {
    const body = '{"amount_msat":"10000","label":"refused","description":"d"}';
    const answer = await post(node(), '/v1/invoice', getinfo, body);
    expect(answer.status).toBe(401);
    expect(answer.json()).toEqual(envelope(1502, 'Not permitted: method is not equal to getinfo'));
    const listed = await node().rpc.call('listinvoices', { label: 'refused' });
    expect(listed).toEqual({ invoices: [] });
  });

  test.each([
    ['not base64', '!!!', -32602],
    ['foreign', 'I9TZsYEWiAwThQye-gYhpWIe1h15szWEN_qNyMSBOdE9MA==', 1501],
    ['repeated', 'a, b', 1501],
  ])('is refused if it is %s', async (_, rune, code) => {
    const answer = await ask(node(), '/v1/getinfo', { rune });
    expect(answer.status).toBe(401);
    expect(answer.json()).toMatchObject({ code, error: { code } });
  });

  test('is refused after it is blacklisted', async () => {
    const rune = await node().rune(['method=getinfo']);
    const { unique_id: id } =
      (await node().rpc.call<{ runes: { unique_id: string }[] }>('showrunes', { rune })).runes[0] ??
      {};
    expect((await ask(node(), '/v1/getinfo', { rune })).status).toBe(201);
    await node().rpc.call('blacklistrune', { start: Number(id) });
    const answer = await ask(node(), '/v1/getinfo', { rune });
    expect(answer.json()).toEqual(envelope(1503, 'Not authorized: Blacklisted rune'));
  });

  test('allows no more calls than its rate', async () => {
    const rune = await node().rune(['rate=1']);
    const answers = await Promise.all([1, 2, 3].map(() => ask(node(), '/v1/getinfo', { rune })));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 401, 401]);
  });

  // The judge reads raw text; what it reads must be what the command gets.
  test.each([
    ['an escape', '{"label":"\\u0066orbidden"}'],
    ['an escape in the name', '{"l\\u0061bel":"forbidden"}'],
    ['a repeated name', '{"label":"ok","label":"forbidden"}'],
    ['a repeated name by escape', '{"label":"ok","l\\u0061bel":"forbidden"}'],
    ['white space', ' { "label" : "forbidden" } '],
  ])('cannot be evaded by %s', async (_, body) => {
    const rune = await node().rune(['method=listinvoices'], ['pnamelabel/forbidden'], ['pnum=1']);
    const answer = await post(node(), '/v1/listinvoices', rune, body);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
  });

  test('Nodeid is accepted and ignored', async () => {
    const headers = { Nodeid: 'whatever' };
    expect((await ask(node(), '/v1/getinfo', { rune: getinfo, headers })).status).toBe(201);
  });

  test('never appears in the log', async () => {
    await ask(node(), '/v1/getinfo', { rune: 'secret-not-base64!' });
    await ask(node(), '/v1/nosuch', { rune: everything });
    await ask(node(), '/v1/stop', { rune: getinfo });
    await node().logged(/stop/);
    const log = node().log.join('\n');
    for (const rune of [everything, getinfo, 'secret-not-base64']) expect(log).not.toContain(rune);
  });
});

describe('other endpoints', () => {
  test('list-methods needs no rune, and is text in a terminal, a page in a browser', async () => {
    const terminal = await ask(node(), '/v1/list-methods', {
      method: 'GET',
      headers: { accept: '*/*' },
    });
    expect(terminal.status).toBe(200);
    expect(terminal.headers['content-type']).toMatch(/^text\/plain/);
    expect(terminal.text).toMatch(/^invoice amount_msat label description /m);
    const accept = 'text/html,application/xhtml+xml,*/*;q=0.8';
    const browser = await ask(node(), '/v1/list-methods', { method: 'GET', headers: { accept } });
    expect(browser.headers['content-type']).toMatch(/^text\/html/);
    expect(browser.text).toContain('getinfo');
  });

  test('every response has the configured Content-Security-Policy', async () => {
    const csp =
      "default-src 'self'; font-src 'self'; img-src 'self' data:; frame-src 'self'; style-src 'self' 'unsafe-inline'; script-src 'self' 'unsafe-inline';";
    const answers = await Promise.all([
      ask(node(), '/v1/getinfo', { rune: getinfo }),
      ask(node(), '/v1/getinfo'),
      ask(node(), '/nowhere', { method: 'GET' }),
      ask(node(), '/v1/getinfo', { method: 'GET' }),
      ask(node(), '/v1/getinfo', {
        method: 'OPTIONS',
        headers: { origin: 'https://a.example', 'access-control-request-method': 'POST' },
      }),
      ask(node(), '/', { method: 'GET' }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([201, 403, 404, 405, 204, 200]);
    for (const { headers } of answers) expect(headers['content-security-policy']).toBe(csp);
  });

  test('any origin can call, with a rune', async () => {
    const headers = {
      origin: 'https://a.example',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'rune,content-type',
    };
    const preflight = await ask(node(), '/v1/getinfo', { method: 'OPTIONS', headers });
    expect(preflight.headers['access-control-allow-origin']).toBe('*');
    expect(String(preflight.headers['access-control-allow-headers']).toLowerCase()).toContain(
      'rune',
    );
  });
});
