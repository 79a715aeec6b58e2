import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { FakeNode } from '@clnrest/testing/fake-node';
import { ask } from '@clnrest/testing/http-client';
import { testGateway } from '../testing/gateway.ts';
import { readAssetFile } from './asset-files.ts';

const HELP =
  '{"help":[{"command":"getinfo "},{"command":"invoice amount_msat label description [expiry]"},\n{"command":"odd <b>&\\"\' [x]"}],"format-hint":"simple"}';
const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';

describe('GET /v1/list-methods', () => {
  const helpful = () => FakeNode.start({ help: (call) => call.result(HELP) });

  test('returns text by default, without a rune', async () => {
    const { url, node } = await testGateway({ node: await helpful() });
    const answer = await ask(`${url}/v1/list-methods`);
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8');
    expect(answer.body).toBe(
      'getinfo\ninvoice amount_msat label description [expiry]\nodd <b>&"\' [x]\n',
    );
    expect(node.calls.map(({ method, params }) => [method, params])).toEqual([['help', '{}']]);
  });

  test('returns a page to browsers, with all texts of the node escaped', async () => {
    const { url } = await testGateway({ node: await helpful() });
    const answer = await ask(`${url}/v1/list-methods`, { headers: { accept: BROWSER } });
    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(answer.body).toContain(
      '<li><a href="../#/invoices/invoice"><code>invoice</code></a> <code class="usage">amount_msat label description [expiry]</code> <span>Creates an invoice</span></li>',
    );
    expect(answer.body).toContain('&lt;b&gt;&amp;&quot;&#39; [x]</code> <span>Runs odd</span>');
    // Nothing inline, so that the page works under the policy default-src 'self'.
    expect(answer.body).not.toMatch(/<style|style=|<script>|onclick/);
    const [, style = ''] = /<link rel="stylesheet" href="([^"]*)">/.exec(answer.body) ?? [];
    const styled = await ask(new URL(style, `${url}/v1/list-methods`).href);
    expect(styled.headers['content-type']).toBe('text/css; charset=utf-8');
  });

  test('returns JSON on one line on request', async () => {
    const { url } = await testGateway({ node: await helpful() });
    const answer = await ask(`${url}/v1/list-methods`, { headers: { accept: 'application/json' } });
    expect(answer.headers['content-type']).toBe('application/json');
    expect(answer.body).toBe(HELP.replace('\n', ' '));
    expect((await ask(`${url}/v1/list-methods`, { headers: { accept: 'image/png' } })).status).toBe(
      406,
    );
  });

  test('shares one call of the node between concurrent requests', async () => {
    const node = await FakeNode.start({ help: () => undefined });
    const { url } = await testGateway({ node });
    const answers = Array.from({ length: 20 }, () => ask(`${url}/v1/list-methods`));
    (await node.call('help')).result(HELP);
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual(Array(20).fill(200));
    expect(node.paramsOf('help')).toHaveLength(1);
  });

  test('asks the node again after a failure and after a short time', async () => {
    const node = await FakeNode.start({ help: (call) => call.error(-1, 'not now') });
    const { url } = await testGateway({ node });
    expect((await ask(`${url}/v1/list-methods`)).status).toBe(500);
    node.on('help', (call) => call.result('{"help":[{"command":"a"}]}'));
    expect((await ask(`${url}/v1/list-methods`)).body).toBe('a\n');
    node.on('help', (call) => call.result('{"help":[{"command":"b"},{},3]}'));
    await expect
      .poll(async () => (await ask(`${url}/v1/list-methods`)).body, { timeout: 5_000 })
      .toBe('b\n');
  });
});

describe('Swagger UI', () => {
  test.each(['', '/doc', '/my/doc'])('below %j with all its files', async (swaggerRoot) => {
    const { url } = await testGateway({ settings: { swaggerRoot } });
    const page = await ask(`${url}${swaggerRoot}/`);
    expect(page.status).toBe(200);
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(page.body).not.toMatch(/<style|style=|<script>|onclick|https?:\/\//);
    const files = [...page.body.matchAll(/<(?:link|script)[^>]* (?:src|href)="([^"]*)"/g)].map(
      ([, name]) => name ?? '',
    );
    expect(files).toHaveLength(5);
    for (const name of files) {
      const file = await ask(new URL(name, `${url}${swaggerRoot}/`).href);
      expect(file.status).toBe(200);
      expect(file.headers['content-type']).toMatch(
        /^(?:text\/(?:css|javascript)|image\/svg\+xml); charset=utf-8$/,
      );
    }
    const [, described = ''] = /data-description="([^"]*)"/.exec(page.body) ?? [];
    expect(new URL(described, `${url}${swaggerRoot}/`).pathname).toBe('/openapi.json');
    if (swaggerRoot !== '') {
      const redirected = await ask(`${url}${swaggerRoot}`);
      expect(redirected.status).toBe(308);
      const { location = '' } = redirected.headers;
      expect(new URL(location, `${url}${swaggerRoot}`).pathname).toBe(`${swaggerRoot}/`);
      expect((await ask(`${url}/`)).status).toBe(404);
    }
  });

  test('lists the commands in its HTML, and is there if the node does not list them', async () => {
    const node = await FakeNode.start({ help: () => undefined });
    const { url } = await testGateway({ node });
    const without = await ask(`${url}/`);
    expect([without.status, without.body.includes('The node does not list its commands')]).toEqual([
      200,
      true,
    ]);
    (await node.call('help')).result(HELP);
    const { body } = await ask(`${url}/`);
    expect(body).toContain('<a href="#/node/getinfo"><code>getinfo</code></a>');
    expect(body).toContain('<noscript>To try commands out, enable JavaScript.</noscript>');
  });

  test.each(['/swagger-ui', '/swagger-ui/'])(
    'is the target of a redirect from %s, its path in the built-in plugin',
    async (path) => {
      const { url } = await testGateway();
      const { status, headers } = await ask(`${url}${path}`);
      expect(status).toBe(308);
      expect(new URL(headers.location ?? '', `${url}${path}`).href).toBe(`${url}/`);
    },
  );

  test('is compressed if the client supports it, and not sent again to clients with the same version', async () => {
    const { url } = await testGateway();
    const whole = readAssetFile('swagger-ui-dist/swagger-ui-bundle.js').toString('utf8');
    const plain = await ask(`${url}/swagger-ui-bundle.js`);
    expect([plain.headers['content-encoding'], plain.body === whole]).toEqual([undefined, true]);
    const refused = await ask(`${url}/swagger-ui-bundle.js`, {
      headers: { 'accept-encoding': 'gzip;q=0' },
    });
    expect(refused.headers['content-encoding']).toBeUndefined();
    const zipped = await ask(`${url}/swagger-ui-bundle.js`, {
      headers: { 'accept-encoding': 'gzip, br' },
    });
    expect(zipped.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(zipped.bytes).toString('utf8') === whole).toBe(true);
    expect(plain.headers.vary).toContain('Accept-Encoding');
    const etag = plain.headers.etag ?? '';
    const again = await ask(`${url}/swagger-ui-bundle.js`, {
      headers: { 'if-none-match': `W/"x", ${etag}` },
    });
    expect([again.status, again.body]).toEqual([304, '']);
    expect(again.headers['content-security-policy']).toBeDefined();
  });
});
