import { expect, test } from 'vitest';
import { FakeNode } from '@clnrest/testing/fake-node';
import { ask } from '@clnrest/testing/http-client';
import { testGateway } from '../testing/gateway.ts';

const BROWSER = { accept: 'text/html', 'accept-encoding': 'gzip' };
/** Maximum compressed size of all pages in bytes, without Swagger UI's two files. */
const MAX_BYTES = 160_000;

/** Returns the URLs of a page and of its files. */
async function filesOf(url: string): Promise<string[]> {
  const page = await ask(url, { headers: { accept: 'text/html' } });
  const names = [...page.body.matchAll(/<(?:link|script)[^>]* (?:src|href)="([^"]*)"/g)];
  return [url, ...names.map(([, name = '']) => new URL(name, url).href)];
}

test('the size of all pages is limited, without Swagger UI', async () => {
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
  expect(total).toBeLessThan(MAX_BYTES);
});
