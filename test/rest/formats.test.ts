import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { type BuildName, BUILDS, useBothBuilds } from '../support/both-builds.ts';
import { ask } from '../support/http.ts';

const builds = useBothBuilds('https');

const TYPES = {
  json: 'application/json',
  yaml: 'application/yaml',
  xml: 'application/xml',
  form: 'application/x-www-form-urlencoded',
} as const;

/** Beyond 2^53, and another one for each build. */
const AMOUNTS: Readonly<Record<BuildName, string>> = {
  rest: '9007199254740993',
  clnrest: '9007199254740995',
};

describe.each(BUILDS)('%s:', (build) => {
  const node = () => builds(build);
  let rune: string;

  beforeAll(async () => {
    rune = await node().rune();
    const mode = 'create-or-replace';
    await node().rpc.call('datastore', { key: ['project'], string: 'core lightning', mode });
  });

  /** Sends parameters in a form, and asks for the answer in one. */
  function send(method: string, type: string, body: string, accept: string, bearer = rune) {
    const headers = { 'content-type': type, accept };
    return ask(node(), `/v1/${method}`, { rune: bearer, body, headers });
  }

  test('large bodies are parsed on a thread, with the same result', async () => {
    const string = 'a'.repeat(100_000);
    for (const [type, body] of [
      [TYPES.json, JSON.stringify({ key: 'large', string, mode: 'create-or-replace' })],
      [TYPES.yaml, `key: large\nstring: ${string}\nmode: create-or-replace`],
      [
        TYPES.xml,
        `<datastore><key>large</key><string>${string}</string><mode>create-or-replace</mode></datastore>`,
      ],
      [TYPES.form, `key=large&string=${string}&mode=create-or-replace`],
    ] as const) {
      const made = await send('datastore', type, body, TYPES.json);
      expect([made.status, made.text.includes(`"string":"${string}"`)]).toEqual([201, true]);
    }
    const cut = await send('datastore', TYPES.yaml, `key: [large\nstring: ${string}`, TYPES.json);
    expect([cut.status, cut.json()]).toMatchObject([400, { code: -32700 }]);
  });

  describe('a request in a form gets a response in a form', () => {
    test.each([
      [TYPES.json, '{"key":["project"]}'],
      [TYPES.yaml, "key: ['project']"],
      ['text/yaml', 'key:\n- project'],
      [TYPES.xml, '<listdatastore><key>project</key></listdatastore>'],
      ['text/xml', '<listdatastore><key type="array"><item>project</item></key></listdatastore>'],
      [TYPES.form, 'key=project'],
      [TYPES.form, 'key[0]=project'],
    ])('%s: %s', async (type, body) => {
      const json = await send('listdatastore', type, body, TYPES.json);
      expect(json.json()).toMatchObject({
        datastore: [{ key: ['project'], string: 'core lightning' }],
      });
      const yaml = await send('listdatastore', type, body, TYPES.yaml);
      expect(yaml.text).toContain('key:\n  - project\n');
      const xml = await send('listdatastore', type, body, TYPES.xml);
      expect(xml.text).toMatch(
        /^<listdatastore><datastore>.*<key>project<\/key>.*<\/listdatastore>$/,
      );
      const form = await send('listdatastore', type, body, TYPES.form);
      expect(form.text).toContain('datastore[0][key][0]=project&');
      const answers = { json, yaml, xml, form };
      for (const [format, answer] of Object.entries(answers)) {
        expect(answer.status).toBe(201);
        expect(answer.headers['content-type']).toBe(TYPES[format as keyof typeof TYPES]);
      }
    });

    test('getinfo, with its id unchanged', async () => {
      const { id } = await node().rpc.call<{ id: string }>('getinfo');
      expect((await send('getinfo', TYPES.json, '', TYPES.yaml)).text).toContain(`id: ${id}\n`);
      expect((await send('getinfo', TYPES.json, '', TYPES.xml)).text).toContain(`<id>${id}</id>`);
      expect((await send('getinfo', TYPES.json, '', TYPES.form)).text).toContain(`id=${id}&`);
    });

    test('amounts beyond 2^53 keep every digit', async () => {
      const amount = AMOUNTS[build];
      const asked = [
        [TYPES.json, `{"label":"j ${build}","amount_msat":${amount},"description":"d"}`],
        [TYPES.yaml, `label: y ${build}\namount_msat: ${amount}\ndescription: d`],
        [
          TYPES.xml,
          `<invoice><label>x ${build}</label><amount_msat>${amount}</amount_msat><description>d</description></invoice>`,
        ],
        [TYPES.form, `label=f+${build}&amount_msat=${amount}&description=d`],
      ] as const;
      for (const [type, body] of asked) {
        expect((await send('invoice', type, body, TYPES.json)).status).toBe(201);
      }
      for (const type of Object.values(TYPES)) {
        const { text } = await send('listinvoices', TYPES.json, '{}', type);
        expect(text.split(new RegExp(`\\bamount_msat\\W{1,4}${amount}\\b`))).toHaveLength(5);
      }
    });

    test('texts that look like other types remain texts', async () => {
      const mode = 'create-or-replace';
      const string = 'no\t~ <&> "é☃" \\ =&+%';
      await node().rpc.call('datastore', { key: ['odd', '0x1F', 'null'], string, mode });
      const ask = (accept: string) => send('listdatastore', TYPES.json, '{"key":["odd"]}', accept);
      expect((await ask(TYPES.yaml)).text).toContain('key:\n  - odd\n');
      const { text } = await send(
        'listdatastore',
        TYPES.json,
        '{"key":["odd","0x1F"]}',
        TYPES.yaml,
      );
      expect(text).toContain('  - odd\n  - "0x1F"\n  - "null"\n');
      expect(text).toContain('string: "no\\t~ <&> \\"é☃\\" \\\\ =&+%"\n');
      const xml = await send('listdatastore', TYPES.json, '{"key":["odd","0x1F"]}', TYPES.xml);
      expect(xml.text).toContain('<key>odd</key><key>0x1F</key><key>null</key>');
      expect(xml.text).toContain('<string>no\t~ &lt;&amp;&gt; "é☃" \\ =&amp;+%</string>');
      const form = await send('listdatastore', TYPES.json, '{"key":["odd","0x1F"]}', TYPES.form);
      const read = new URLSearchParams(form.text);
      expect(read.get('datastore[0][string]')).toBe(string);
      expect(read.get('datastore[0][key][2]')).toBe('null');
    });
  });

  describe('a rune applies in every format', () => {
    test.each([
      ['YAML', TYPES.yaml, `amount_msat: $\nlabel: yaml-$-${build}\ndescription: d`],
      [
        'XML',
        TYPES.xml,
        `<invoice><amount_msat>$</amount_msat><label>xml-$-${build}</label><description>d</description></invoice>`,
      ],
    ])('that limits an amount, in %s', async (_, type, body) => {
      const bearer = await node().rune(['method=invoice'], ['pnameamount_msat<1001']);
      const of = (amount: string) =>
        send('invoice', type, body.replaceAll('$', amount), TYPES.json, bearer);
      expect((await of('1000')).status).toBe(201);
      const refused = await of('1001');
      expect([refused.status, refused.json()]).toMatchObject([401, { code: 1502 }]);
    });

    test.each([
      ['a string', TYPES.yaml, 'label: "\\x66orbidden"'],
      ['a name', TYPES.yaml, '"l\\x61bel": forbidden'],
      ['a block', TYPES.yaml, 'label: >-\n  forbidden'],
      ['a name twice', TYPES.yaml, 'label: ok\n"label": forbidden'],
      ['an alias', TYPES.yaml, 'invstring: &x forbidden\nlabel: *x'],
      ['a merge', TYPES.yaml, '<<: {label: forbidden}'],
      ['a reference', TYPES.xml, '<listinvoices><label>&#102;orbidden</label></listinvoices>'],
      ['CDATA', TYPES.xml, '<listinvoices><label><![CDATA[forbidden]]></label></listinvoices>'],
      ['a comment', TYPES.xml, '<listinvoices><label>for<!---->bidden</label></listinvoices>'],
      [
        'an escape',
        TYPES.xml,
        '<listinvoices><label escaped="true">\\u0066orbidden</label></listinvoices>',
      ],
      ['a name', TYPES.xml, '<listinvoices><_x006C_abel>forbidden</_x006C_abel></listinvoices>'],
    ])('and is not evaded by the spelling of %s in %s', async (_, type, body) => {
      const bearer = await node().rune(
        ['method=listinvoices'],
        ['pnamelabel/forbidden'],
        ['pnum=1'],
      );
      const answer = await send('listinvoices', type, body, TYPES.json, bearer);
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.status).toBeLessThan(500);
    });
  });

  describe('refused requests', () => {
    test.each([
      ['an answer in HTML', TYPES.json, '{}', 'text/html', 406, -32600],
      ['an answer in nothing', TYPES.json, '{}', '*/*;q=0', 406, -32600],
      ['a body in TOML', 'application/toml', 'a = 1', '*/*', 406, -32600],
      ['broken YAML', TYPES.yaml, 'a: [', TYPES.yaml, 400, -32700],
      ['broken XML', TYPES.xml, '<getinfo>', TYPES.xml, 400, -32700],
      ['another root', TYPES.xml, '<pay/>', TYPES.xml, 400, -32700],
      [
        'a file',
        TYPES.xml,
        '<!DOCTYPE x SYSTEM "file:///etc/passwd"><getinfo/>',
        '*/*',
        400,
        -32700,
      ],
      ['an unknown command', TYPES.yaml, 'a: 1', TYPES.yaml, 404, -32601],
    ])('%s', async (what, type, body, accept, status, code) => {
      const method = what === 'an unknown command' ? 'nosuch' : 'getinfo';
      const answer = await send(method, type, body, accept);
      expect([answer.status, answer.headers['content-type']]).toEqual([status, TYPES.json]);
      expect(answer.json()).toMatchObject({ code, error: { code } });
    });
  });

  describe('a large response', () => {
    test('is compressed if the client accepts it, with the same content', async () => {
      const string = 'some text that is there again and again. '.repeat(10_000);
      await node().rpc.call('datastore', { key: ['large'], string, mode: 'create-or-replace' });
      const of = (accepted: string, accept: string) =>
        ask(node(), '/v1/listdatastore', {
          rune,
          body: '{"key":["large"]}',
          headers: { 'content-type': TYPES.json, 'accept-encoding': accepted, accept },
        });
      for (const accept of Object.values(TYPES)) {
        const plain = await of('identity', accept);
        expect(plain.headers['content-encoding']).toBeUndefined();
        const gzip = await of('gzip', accept);
        expect(gzip.headers['content-encoding']).toBe('gzip');
        expect(gunzipSync(gzip.bytes).equals(plain.bytes)).toBe(true);
        const br = await of('gzip, deflate, br', accept);
        expect(br.headers['content-encoding']).toBe('br');
        expect(brotliDecompressSync(br.bytes).equals(plain.bytes)).toBe(true);
        expect(Math.max(gzip.bytes.length, br.bytes.length)).toBeLessThan(plain.bytes.length / 20);
        expect(plain.headers.vary).toContain('Accept-Encoding');
      }
      const small = await ask(node(), '/v1/getinfo', {
        rune,
        headers: { 'accept-encoding': 'gzip, br' },
      });
      expect(small.headers['content-encoding']).toBeUndefined();
      expect(small.headers['content-length']).toBe(String(small.bytes.length));
    });
  });
});
