import { RUNE } from '@clnrest/testing';
import { FakeNode } from '@clnrest/testing/fake-node';
import { ask } from '@clnrest/testing/http-client';
import { describe, expect, test } from 'vitest';
import { Refusal } from '../refusals.ts';
import { testGateway } from '../testing/gateway.ts';
import { readFilter } from './result-filter.ts';

describe('the header Filter', () => {
  test.each([
    '{}',
    '{"a":true}',
    '{"invoices":[{"label":true,"paid_outpoint":{"txid":true}}]}',
    ' {"a" : [ { } ]}',
  ])('may be %s', (text) => expect(readFilter(text)).toBe(text));

  test.each([
    '',
    '[]',
    'true',
    '"a"',
    '{',
    '{"a":false}',
    '{"a":1}',
    '{"a":null}',
    '{"a":[]}',
    '{"a":[true]}',
    '{"a":[{},{}]}',
    '{"a":[[{}]]}',
    `${'{"a":'.repeat(40)}true${'}'.repeat(40)}`,
    `{"${'a'.repeat(5_000)}":true}`,
  ])('must not be %s', (text) => {
    expect(() => readFilter(text)).toThrow(Refusal);
  });

  test('goes to the node with the command, and the rune is not checked against it', async () => {
    const node = await FakeNode.start({ listinvoices: (call) => call.result('{"invoices":[]}') });
    const { url } = await testGateway({ node });
    const filter = '{"invoices":[{"label":true}]}';
    const call = (value: string) =>
      ask(`${url}/v1/listinvoices`, { method: 'POST', headers: { Rune: RUNE, Filter: value } });
    expect((await call(filter)).status).toBe(201);
    expect(node.calls.find(({ method }) => method === 'listinvoices')?.text).toContain(
      `"filter":${filter}`,
    );
    expect(node.paramsOf('checkrune')[0]).not.toContain('filter');
    const before = node.calls.length;
    expect((await call('{"a":1}')).status).toBe(400);
    expect(node.calls).toHaveLength(before);
  });
});
