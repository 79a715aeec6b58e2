import { describe, expect, test } from 'vitest';
import { lookUp } from '@clnrest/testing/openapi-check';
import { openApi } from './document.ts';

/** Returns the JSON examples of a command. */
function examplesOf(usage: string): unknown[] {
  const document = openApi([{ usage, category: undefined, description: undefined }]);
  const place = `#/paths/~1v1~1${usage.split(' ')[0]}/post/requestBody/content/application~1json/examples`;
  const examples = lookUp(document, place) as Readonly<Record<string, { value: unknown }>>;
  return Object.values(examples).map(({ value }) => value);
}

describe('examples', () => {
  test('of common commands are realistic', () => {
    expect(examplesOf('getinfo')).toEqual([{}]);
    expect(examplesOf('invoice amount_msat label description [expiry]')).toContainEqual({
      amount_msat: 10_000,
      label: 'shop-17',
      description: 'A cup of tea',
    });
    for (const command of ['pay', 'listfunds', 'decode', 'createrune', 'xpay', 'connect']) {
      expect(examplesOf(command).length).toBeGreaterThan(0);
    }
  });

  test('of other commands have placeholders for the required parameters', () => {
    expect(examplesOf('keysend destination amount_msat [label]')).toEqual([
      { destination: '<destination>', amount_msat: '<amount_msat>' },
    ]);
    expect(examplesOf('batching enable')).toEqual([{ enable: false }]);
    expect(examplesOf('summary [exclude]')).toEqual([{}]);
    expect(examplesOf('hello id amount_msat [x]')).toEqual([
      { id: '<id>', amount_msat: '<amount_msat>' },
    ]);
    // Not the first choice, which could be harmful.
    expect(examplesOf('dev subcommand=crash|rhash')).toEqual([{ subcommand: 'crash|rhash' }]);
  });

  test('exist in each format that supports them', () => {
    const document = openApi([
      { usage: 'invoice amount_msat label', category: undefined, description: undefined },
      { usage: 'pay bolt11', category: undefined, description: undefined },
    ]);
    const content = (command: string) =>
      lookUp(document, `#/paths/~1v1~1${command}/post/requestBody/content`);
    expect(content('invoice')).toMatchObject({
      'application/yaml': { example: expect.stringContaining('label: shop-17\n') as string },
      'application/xml': {
        example: expect.stringMatching(/<invoice>.*<label>shop-17<\/label>/s) as string,
      },
      'application/x-www-form-urlencoded': {},
    });
    expect(content('pay')).not.toHaveProperty(['application/xml']);
    expect(lookUp(document, '#/components/schemas/pay.parameters/xml')).toEqual({ name: 'pay' });
  });
});
