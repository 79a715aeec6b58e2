import { expect, test } from 'vitest';
import { testGateway } from '../testing/gateway.ts';
import { ask } from '../testing/http-client.ts';
import { FakeNode } from '../testing/fake-node.ts';

const BROWSER = { accept: 'text/html', 'accept-encoding': 'gzip' };
/** In bytes, as they are sent; without Swagger UI's own two files. */
const MOST = 150_000;

/** A page and all that it names. */
async function filesOf(url: string): Promise<string[]> {
  const page = await ask(url, { headers: { accept: 'text/html' } });
  const names = [...page.body.matchAll(/<(?:link|script)[^>]* (?:src|href)="([^"]*)"/g)];
  return [url, ...names.map(([, name = '']) => new URL(name, url).href)];
}

test('all pages together are small, Swagger UI aside', async () => {
  const node = await FakeNode.start({ help: (call) => call.result('{"help":[]}') });
  const { url } = await testGateway({ node });
  const pages = ['/', '/runes', '/events', '/v1/list-methods'].map((path) => url + path);
  const all = new Set((await Promise.all(pages.map(filesOf))).flat());
  const ours = [...all].filter((file) => !/\/swagger-ui[^/]*$/.test(file));
  expect(all.size - ours.length).toBe(2);
  let total = 0;
  for (const file of ours) {
    const { status, bytes } = await ask(file, { headers: BROWSER });
    expect(status).toBe(200);
    total += bytes.length;
  }
  expect(total).toBeLessThan(MOST);
});
