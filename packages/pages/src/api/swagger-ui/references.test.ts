import { describe, expect, test } from 'vitest';
import { resolved, resolveQuickly } from './references.ts';
import type { System } from './types.ts';

const at = (kind: string, id: string) => ({ $ref: `#/components/${kind}/${id}` });
const document = {
  paths: {
    '/v1/pay': { post: { requestBody: at('schemas', 'pay'), responses: [at('responses', 'E')] } },
    '/v1/a~b': { post: { requestBody: { anyOf: [at('schemas', 'x~1y~0%7Bz%7D')] } } },
    '/v1/odd': { post: { example: { $ref: '<$ref>' }, more: { properties: { $ref: {} } } } },
  },
  components: {
    securitySchemes: { rune: { type: 'apiKey' } },
    schemas: {
      pay: { properties: { amount_msat: at('schemas', 'msat'), again: at('schemas', 'pay') } },
      msat: { type: 'integer' },
      'x/y~{z}': { type: 'string' },
    },
    responses: { E: { content: { ...at('schemas', 'msat'), description: 'an amount' } } },
  },
};

describe('a part of a document is resolved:', () => {
  test('references at any depth, except one within itself', () => {
    expect(resolved(document, ['paths', '/v1/pay', 'post'])).toEqual({
      requestBody: {
        properties: { amount_msat: { type: 'integer' }, again: at('schemas', 'pay') },
      },
      responses: [{ content: { type: 'integer', description: 'an amount' } }],
    });
  });

  test('names with slashes, tildes and braces', () => {
    expect(resolved(document, ['paths', '/v1/a~b', 'post'])).toEqual({
      requestBody: { anyOf: [{ type: 'string' }] },
    });
  });

  test('values and members that are called $ref stay', () => {
    const { post } = document.paths['/v1/odd'];
    expect(resolved(document, ['paths', '/v1/odd', 'post'])).toEqual(post);
  });

  test('a missing part is undefined', () => {
    expect(resolved(document, ['paths', 'constructor'])).toBeUndefined();
  });
});

test.each([
  [undefined, document],
  [document, {}],
])('Swagger UI gets the part without errors', async (whole, outline) => {
  const system = { fn: {} } as System;
  resolveQuickly(system, () => whole);
  expect(
    await system.fn.resolveSubtree(outline, ['components', 'securitySchemes'], undefined),
  ).toEqual({ spec: { rune: { type: 'apiKey' } }, errors: [] });
});
