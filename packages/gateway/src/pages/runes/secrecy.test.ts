import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { Rune } from '@clnrest/runes';
import type { Page } from 'playwright-core';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openTab } from '../../testing/browser.ts';
import { FakeNode } from '../../testing/fake-node.ts';
import { testGateway } from '../../testing/gateway.ts';
import { restrictedRune, STRICT_POLICY, UNRESTRICTED } from '../../testing/runes-page.ts';

/** Stands between a browser and a server and keeps all that the browser sends, byte by byte. */
async function eavesdrop(port: number): Promise<{ url: string; heard: () => string }> {
  let heard = '';
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    near.on('data', (bytes) => {
      heard += bytes.toString('latin1');
    });
    near.pipe(far).pipe(near);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { port: ours } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${ours}`, heard: () => heard };
}

/** Every piece of a secret that would tell some of it. */
function pieces(...secrets: readonly string[]): string[] {
  const length = 6;
  return secrets.flatMap((secret) =>
    Array.from({ length: secret.length - length + 1 }, (_, at) => secret.slice(at, at + length)),
  );
}

/** All that can be done on the page. Gives all that was secret. */
async function doEverything(page: Page): Promise<string[]> {
  await page.getByLabel('Rune or pairing link').fill(UNRESTRICTED);
  await page.getByText('Output of decode').click();
  await page.getByRole('button', { name: 'Read only' }).click();
  const draft = page.locator('form#draft');
  await draft.getByLabel('About').selectOption('pname');
  await draft.getByLabel('Parameter', { exact: true }).fill('label');
  await draft.getByLabel('Value', { exact: true }).fill('my-private-shop');
  await draft.getByRole('button', { name: 'Add alternative' }).click();
  await draft.getByLabel('Value', { exact: true }).last().fill('my-second-shop');
  await draft.getByLabel('Parameter', { exact: true }).last().fill('label');
  await page.getByRole('button', { name: 'Add restriction' }).click();
  await page.getByText('Write restrictions as text').click();
  await page.getByLabel('Restrictions', { exact: true }).fill('pnamenote/hidden-note');
  await page.getByRole('button', { name: 'Add from text' }).click();
  await page.getByRole('button', { name: 'Once a minute' }).click();
  await page.getByRole('button', { name: 'Remove: at most once' }).click();
  await page.getByLabel('Command', { exact: true }).last().fill('getinfo');
  await page.getByLabel('Parameters (JSON').fill('{"label":"my-private-question"}');
  await page.getByLabel('Requesting peer (').fill(`02${'ab'.repeat(32)}`);
  await page.getByText('Show the link as a QR code').click();
  for (const button of await page.getByRole('button', { name: 'Copy' }).all()) await button.click();
  const narrowed = await restrictedRune(page);
  await page
    .getByLabel('Rune or pairing link')
    .fill(`clnrest+https://127.0.0.1:1?rune=${narrowed}`);
  await page.getByText('for https://127.0.0.1:1').waitFor();
  const again = await restrictedRune(page);
  // From another page, in the fragment; and once more from the start.
  await page.goto(new URL('/runes', page.url()).href + `#rune=${encodeURIComponent(narrowed)}`);
  await page.reload();
  const codes = [UNRESTRICTED, narrowed, again].map((rune) =>
    Rune.fromBase64(rune).toString().slice(0, 64),
  );
  const typed = ['private-shop', 'second-shop', 'hidden-note', 'private-question', 'abababab'];
  return [UNRESTRICTED, narrowed, again, ...codes, ...typed];
}

describe('nothing of a rune leaves the page', { timeout: 60_000 }, () => {
  test.for([undefined, STRICT_POLICY])('under the policy %j', async (policy, context) => {
    const node = await FakeNode.start({
      help: (call) => call.result('{"help":[{"command":"getinfo "}]}'),
    });
    const gateway = await testGateway({
      node,
      settings: policy === undefined ? {} : { contentSecurityPolicy: policy },
    });
    const { url, heard } = await eavesdrop(Number(new URL(gateway.url).port));
    const { page, complaints } = await openTab(context, url);
    const asked: string[] = [];
    page.on('request', (request) => {
      const { pathname, search } = new URL(request.url());
      asked.push(`${request.method()} ${pathname}${search} ${request.postData() ?? ''}`.trim());
    });
    await page.goto(`${url}/runes`);
    const secrets = await doEverything(page);
    for (const each of asked) {
      expect(each).toMatch(/^GET \/(?:runes|pages\/[a-z]+\.(?:css|js|svg)|v1\/list-methods)$/);
    }
    const sent = heard();
    expect(sent).toContain('GET /v1/list-methods HTTP/1.1');
    expect(pieces(...secrets).filter((piece) => sent.includes(piece))).toEqual([]);
    expect(node.calls.map(({ method }) => method)).not.toContain('checkrune');
    // Nor is it kept, or left in an address.
    expect(await page.context().storageState({ indexedDB: true })).toEqual({
      cookies: [],
      origins: [],
    });
    expect(
      await page.evaluate('caches.keys().then((all) => all.length + sessionStorage.length)'),
    ).toBe(0);
    expect(complaints).toEqual([]);
  });
});
