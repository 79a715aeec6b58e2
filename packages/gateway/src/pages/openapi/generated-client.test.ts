import { describe, expect, test } from 'vitest';
import { GeneratedClient } from '@clnrest/testing/generated-client';
import { openApi } from './document.ts';

const DOCUMENT = openApi(
  [
    'getinfo',
    'invoice amount_msat label description [expiry] [fallbacks] [preimage] [exposeprivatechannels] [cltv] [deschashonly]',
    'listinvoices [label] [invstring] [payment_hash] [offer_id] [index] [start] [limit]',
    'decode string',
    'notifications enable',
    'plugin subcommand=start|stop|list',
    'dev-odd [a|b] c',
    'constructor __proto__ [toString] [a-b]',
    '0 x',
    'stranger target/x',
    'Error a.b',
  ].map((usage) => ({ usage, category: undefined, description: 'a */ b' })),
  {
    paths: [
      { path: 'shop/{label}', rpcMethod: 'invoice', httpMethod: 'PUT', runeRequired: true },
      { path: 'v1/info', rpcMethod: 'getinfo', httpMethod: 'GET', runeRequired: false },
    ],
    has: () => false,
  },
);

const IMPORTS = `
import createClient from 'openapi-fetch';
import type { components, paths } from './api.js';
const client = createClient<paths>({ baseUrl: 'http://127.0.0.1:1', headers: { Rune: '…' } });
type Schemas = components['schemas'];
`;

describe('a client that openapi-typescript generates', { timeout: 120_000 }, () => {
  test('compiles with correct calls', async () => {
    const client = await GeneratedClient.write(
      DOCUMENT,
      `${IMPORTS}
      const { data, error } = await client.POST('/v1/invoice', {
        body: { amount_msat: '10sat', label: 17, description: 'd', expiry: null },
      });
      if (error === undefined) console.log(data.bolt11.length, data.expires_at.toFixed());
      else console.log(error.code.toFixed(), error.error.message);
      await client.POST('/v1/invoice', { body: [1000, 'l', 'd'] });
      const listed = await client.POST('/v1/listinvoices', { body: { index: 'created', limit: 5 } });
      const [paid] = listed.data?.invoices ?? [];
      if (paid?.status === 'paid') console.log(paid.label.length, paid.paid_at?.toFixed());
      const decoded = await client.POST('/v1/decode', { body: { string: 'lno1' } });
      console.log(decoded.data?.type.length, decoded.data?.offer_id?.length);
      await client.POST('/v1/getinfo');
      await client.POST('/v1/getinfo', { body: {} });
      await client.POST('/v1/plugin', { body: { subcommand: 'start', plugin: '/x' } });
      await client.POST('/v1/dev-odd', { body: { c: [1], more: true } });
      await client.POST('/v1/0', { body: { x: 1 } });
      await client.POST('/v1/stranger', { body: { 'target/x': { any: 'thing' } } });
      await client.PUT('/shop/{label}', {
        params: { path: { label: 'l' } },
        body: { amount_msat: 1, description: 'd' },
      });
      await client.GET('/v1/info');
      const text = await client.GET('/v1/list-methods', { parseAs: 'text' });
      console.log(text.data?.length);
      const parameters: components['schemas']['invoice.parameters'] = {
        amount_msat: 1, label: 'l', description: 'd',
      };
      console.log(parameters);
      `,
    );
    expect(await client.compile()).toBe('');
  });

  test('does not compile with incorrect calls', async () => {
    const client = await GeneratedClient.write(
      DOCUMENT,
      `${IMPORTS}
      await client.POST('/v1/invoice', { body: { amount_msat: 1, label: 'l' } });
      await client.POST('/v1/invoice', { body: { amount_msat: true, label: 'l', description: 'd' } });
      await client.POST('/v1/nosuch', { body: {} });
      await client.GET('/v1/getinfo');
      const a: Schemas['invoice.parameters'] = { amount_msat: 1, label: 'l', description: 'd', expirry: 1 };
      const b = { lable: 'l' } satisfies Schemas['listinvoices.parameters'];
      await client.POST('/v1/invoice', { body: { amount_msat: 1, lable: 'l', description: 'd' } });
      await client.POST('/v1/listinvoices', { body: { index: 'creation' } });
      const { data } = await client.POST('/v1/listinvoices', { body: {} });
      data?.invoices[0]?.payed_at;
      data?.invoices[0]?.label.toFixed();
      `,
    );
    const lines = (await client.compile()).split('\n').filter((line) => line.includes('error TS'));
    expect(lines.map((line) => /\((\d+),/.exec(line)?.[1])).toEqual([
      '7',
      '8',
      '9',
      '10',
      '11',
      '12',
      '13',
      '14',
      '16',
      '17',
    ]);
  });
});
