import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { Rune } from '@clnrest/runes';
import type { Page } from 'playwright-core';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openTab } from '@clnrest/testing/browser';
import { FakeNode } from '@clnrest/testing/fake-node';
import { restrictedRune } from '@clnrest/testing/runes-page';
import { testGateway } from '../../testing/gateway.ts';
import { STRICT_POLICY, UNRESTRICTED } from '../../testing/open-runes.ts';

/** Starts a proxy to a server. `sent` returns all bytes that the browser has sent. */
async function recordingProxy(port: number): Promise<{ url: string; sent: () => string }> {
  let sent = '';
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    near.on('data', (bytes) => {
      sent += bytes.toString('latin1');
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
  return { url: `http://127.0.0.1:${ours}`, sent: () => sent };
}

/** Returns all substrings of secrets that are long enough to reveal a part of a secret. */
function pieces(...secrets: readonly string[]): string[] {
  const length = 6;
  return secrets.flatMap((secret) =>
    Array.from({ length: secret.length - length + 1 }, (_, at) => secret.slice(at, at + length)),
  );
}

/** Uses all functions of the page. Returns all secrets that were entered or shown. */
async function doEverything(page: Page): Promise<string[]> {
  await page.getByLabel('Rune or pairing link').fill(UNRESTRICTED);
  await page.getByText('Output of decode').click();
  await page.getByRole('button', { name: 'Read only' }).click();
  const draft = page.locator('form#draft');
  await draft.getByLabel('Field').selectOption('pname');
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
  const restricted = await restrictedRune(page);
  await page
    .getByLabel('Rune or pairing link')
    .fill(`clnrest+https://127.0.0.1:1?rune=${restricted}`);
  await page.getByText('for https://127.0.0.1:1').waitFor();
  const again = await restrictedRune(page);
  // A rune in the fragment, as from another page, and a reload.
  await page.goto(new URL('/runes', page.url()).href + `#rune=${encodeURIComponent(restricted)}`);
  await page.reload();
  const codes = [UNRESTRICTED, restricted, again].map((rune) =>
    Rune.fromBase64(rune).toString().slice(0, 64),
  );
  const typed = ['private-shop', 'second-shop', 'hidden-note', 'private-question', 'abababab'];
  return [UNRESTRICTED, restricted, again, ...codes, ...typed];
}

describe('/runes sends and stores no secrets', { timeout: 60_000 }, () => {
  test.for([undefined, STRICT_POLICY])('under the policy %j', async (policy, context) => {
    const node = await FakeNode.start({
      help: (call) => call.result('{"help":[{"command":"getinfo "}]}'),
    });
    const gateway = await testGateway({
      node,
      settings: policy === undefined ? {} : { contentSecurityPolicy: policy },
    });
    const proxy = await recordingProxy(Number(new URL(gateway.url).port));
    const { url } = proxy;
    const { page, complaints } = await openTab(context, url);
    const requests: string[] = [];
    page.on('request', (request) => {
      const { pathname, search } = new URL(request.url());
      requests.push(`${request.method()} ${pathname}${search} ${request.postData() ?? ''}`.trim());
    });
    await page.goto(`${url}/runes`);
    const secrets = await doEverything(page);
    for (const each of requests) {
      expect(each).toMatch(/^GET \/(?:runes|pages\/[a-z]+\.(?:css|js|svg)|v1\/list-methods)$/);
    }
    const sent = proxy.sent();
    expect(sent).toContain('GET /v1/list-methods HTTP/1.1');
    expect(pieces(...secrets).filter((piece) => sent.includes(piece))).toEqual([]);
    expect(node.calls.map(({ method }) => method)).not.toContain('checkrune');
    // The browser's storage is empty.
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
