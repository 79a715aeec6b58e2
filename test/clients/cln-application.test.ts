import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { rootCertificates } from 'node:tls';
import axios, { AxiosHeaders, type AxiosInstance } from 'axios';
import { describe, expect, test } from 'vitest';
import { BUILDS, useBothBuilds } from '../support/both-builds.ts';
import type { TestNode } from '../support/node.ts';
import { allowed, commandNames, commands, guideRunes } from './guide-runes.ts';

const CALLED = commands(`
  getinfo listpeerchannels listnodes listfunds sql listsqlschemas feerates decode invoice
  offer fetchinvoice newaddr pay keysend withdraw fundchannel close
`);

/** cln-application's HTTP client: it checks the certificate's host name and trusts only the given authority. */
function connection(node: TestNode, rune: string, ca = readFileSync(node.caFile)): AxiosInstance {
  const headers = new AxiosHeaders();
  headers.set('rune', rune);
  const port = new URL(node.url).port;
  return axios.create({
    baseURL: `https://localhost:${port}/v1/`,
    headers,
    httpsAgent: new Agent({ ca }),
  });
}

/** How its server reports a failure. */
const failure = (failing: Promise<unknown>): Promise<string> =>
  failing.then(
    () => Promise.reject(new Error('it did not fail')),
    (error: Error & { code?: string }) => error.message || (error.code ?? ''),
  );

describe('cln-application', () => {
  const on = useBothBuilds('https');

  describe.each(BUILDS)('at %s', (build) => {
    test('posts parameters as an object or an array', async () => {
      const [rune = ''] = await guideRunes(on(build), 'cln-application');
      const { post } = connection(on(build), rune);
      expect((await post('getinfo', {})).data).toMatchObject({ network: 'regtest' });
      expect((await post('listpeerchannels', [])).data).toEqual({ channels: [] });
      expect((await post('feerates', { style: 'perkb' })).data).toHaveProperty('perkb');
      const label = `cln-application ${randomUUID()}`;
      const named = { amount_msat: 10_000, label, description: 'ü' };
      const { data } = await post<{ bolt11: string }>('invoice', named);
      const byPosition = await post('invoice', ['any', `${label} again`, 'ü']);
      expect(byPosition.data).toHaveProperty('bolt11');
      expect((await post('pay', { bolt11: data.bolt11 })).data).toMatchObject({
        status: 'complete',
      });
    });

    test('reads its runes, with an empty array', async () => {
      const { post } = connection(on(build), await on(build).rune());
      const made = await post('createrune', { restrictions: [['method=invoice']] });
      const { data } = await post<{ runes: object[] }>('showrunes', []);
      expect(data.runes).toContainEqual(expect.objectContaining(made.data));
    });

    test('the rune check sees the same array as the command', async () => {
      const { post } = connection(
        on(build),
        await on(build).rune(['method=invoice'], ['pnum=3'], ['parr1^mine']),
      );
      const label = `mine ${randomUUID()}`;
      expect((await post('invoice', ['any', label, 'd'])).data).toHaveProperty('bolt11');
      const refused = 'Request failed with status code 401';
      expect(await failure(post('invoice', ['any', 'yours', 'd']))).toBe(refused);
      const named = { amount_msat: 'any', label, description: 'd' };
      expect(await failure(post('invoice', named))).toBe(refused);
    });

    test('reads the status of an error', async () => {
      const [rune = ''] = await guideRunes(on(build), 'cln-application');
      const { post } = connection(on(build), rune);
      expect(await failure(post('decode', {}))).toBe('Request failed with status code 500');
      expect(await failure(post('stop', {}))).toBe('Request failed with status code 401');
    });

    test('trusts no other authority', async () => {
      const [public1 = ''] = rootCertificates;
      const { post } = connection(on(build), 'any', Buffer.from(public1));
      expect(await failure(post('getinfo', {}))).toMatch(/certificate|self-signed/);
    });
  });

  test("the guide's rune allows what it calls and nothing else", async () => {
    const [rune = ''] = await guideRunes(on('rest'), 'cln-application');
    const names = await commandNames(on('rest'), CALLED);
    expect(await allowed(on('rest'), rune, names)).toEqual(CALLED.toSorted());
  });
});
