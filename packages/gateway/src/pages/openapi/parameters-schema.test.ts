import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { lookUp } from '@clnrest/testing/openapi-check';
import { openApi } from './document.ts';

const HELP = [
  'invoice amount_msat label description [expiry] [fallbacks] [preimage] [exposeprivatechannels] [cltv] [deschashonly] [dev-routes]',
  'check command_to_check',
  'createrune [rune] [restrictions]',
  'getinfo',
  'plugin subcommand=start|stop|list',
  'xpay invstring [amount_msat] [maxfee] [layers] [retry_for] [partial_msat] [maxdelay] [payer_note] [label] [localinvreqid] [dev_use_shadow]',
  'pay invstring [amount_msat] [label] [riskfactor] [maxfeepercent] [retry_for] [maxdelay] [exemptfee] [localinvreqid] [exclude] [maxfee] [description] [partial_msat] [dev_use_shadow]',
  'listinvoices [label] [invstring] [payment_hash]',
  'stranger id amount_msat [label]',
  'odd a|b [c',
  'blacklistrune [start] [end] [relist]',
  'checkrune rune [nodeid] [method] [params]',
];

const document = openApi(
  HELP.map((usage) => ({ usage, category: undefined, description: undefined })),
);

/** Whether the document allows a body for a command. */
function takes(command: string, body: unknown): boolean {
  const schema = lookUp(
    document,
    `#/paths/~1v1~1${command}/post/requestBody/content/application~1json/schema`,
  );
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  return ajv.validate({ ...(schema as object), components: document.components }, body);
}

describe('a body', () => {
  test.each([
    ['invoice', { amount_msat: 1000, label: 'l', description: 'd' }],
    ['invoice', { amount_msat: '1000msat', label: 17, description: 'd', expiry: null }],
    ['invoice', { amount_msat: 'any', label: 'l', description: 'd', expiry: '60' }],
    [
      'invoice',
      { amount_msat: '1', label: 'l', description: '', exposeprivatechannels: ['1x1x1'] },
    ],
    ['invoice', [1000, 'l', 'd']],
    ['invoice', [1000, 'l', 'd', null, ['bcrt1x']]],
    ['getinfo', {}],
    ['getinfo', []],
    ['createrune', {}],
    ['createrune', [null, 'readonly']],
    ['createrune', { restrictions: [['method=pay']], rune: null }],
    ['plugin', { subcommand: 'start', plugin: '/x', an_option: true }],
    ['plugin', ['start', '/x']],
    ['xpay', { invstring: 'lnbc1', maxfee: 5, layers: ['x'], retry_for: 30 }],
    ['pay', { invstring: 'lnbc1', riskfactor: 1.5, maxfeepercent: '0.5' }],
    ['pay', ['lnbc1', '5sat']],
    ['blacklistrune', { start: 1, end: '2', relist: true }],
    ['blacklistrune', [1, 2, 'true']],
    ['checkrune', { rune: 'r', params: { a: 1 } }],
    ['checkrune', ['r', null, 'getinfo', []]],
    ['check', { command_to_check: 'invoice', label: 'l' }],
    // Another version of the command, whose further parameters the facts do not know.
    ['listinvoices', { label: 7, invstring: 'lnbc1' }],
    // The types of other plugins' parameters are unknown.
    ['stranger', { id: 7, amount_msat: { x: 1 }, label: null }],
    ['odd', { anything: 1 }],
    ['odd', ['a', 1]],
  ])('of %s that the node accepts is valid: %j', (command, body) => {
    expect(takes(command, body)).toBe(true);
  });

  test.each([
    ['invoice', {}],
    ['invoice', { label: 'l', description: 'd' }],
    ['invoice', { amount_msat: true, label: 'l', description: 'd' }],
    ['invoice', { amount_msat: 1, label: 'l', description: 'd', expirry: 60 }],
    ['invoice', { amount_msat: 1, label: 'l', description: 'd', fallbacks: 'bcrt1x' }],
    ['invoice', [1000, 'l']],
    ['invoice', 'amount_msat'],
    ['xpay', { invstring: 'lnbc1', layers: [1] }],
    ['pay', { invstring: 5 }],
    ['stranger', { id: 1 }],
    ['odd', []],
  ])('of %s that the node rejects is invalid: %j', (command, body) => {
    expect(takes(command, body)).toBe(false);
  });
});

describe('the order of parameters', () => {
  test('is in both schemas', () => {
    const names = ['amount_msat', 'label', 'description', 'expiry', 'fallbacks'];
    const schema = '#/components/schemas/invoice.parameters';
    const { properties } = lookUp(document, schema) as { properties: object };
    expect(Object.keys(properties).slice(0, 5)).toEqual(names);
    const places = lookUp(
      document,
      '#/components/schemas/invoice.positions/allOf/0/prefixItems',
    ) as { title: string }[];
    const titles = places.map(({ title }) => title);
    expect(titles.slice(0, 5)).toEqual(names);
  });
});
