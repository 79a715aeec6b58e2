import { describe, expect, test } from 'vitest';
import { excerpt, resolveWithinExcerpts } from './excerpt.ts';
import type { System } from './types.ts';

const at = (kind: string, id: string) => ({ $ref: `#/components/${kind}/${id}` });
const document = {
  openapi: '3.1.1',
  tags: [{ name: 'node' }],
  paths: {
    '/v1/pay': { post: { requestBody: at('schemas', 'pay'), responses: [at('responses', 'E')] } },
    '/v1/a~b': { post: { requestBody: { anyOf: [at('schemas', 'x~1y~0%7Bz%7D')] } } },
    '/v1/stop': { post: {} },
  },
  components: {
    securitySchemes: { rune: { type: 'apiKey' } },
    schemas: {
      pay: { properties: { amount_msat: at('schemas', 'msat'), again: at('schemas', 'pay') } },
      msat: { type: 'integer' },
      'x/y~{z}': { type: 'string' },
      other: { items: at('schemas', 'msat') },
    },
    responses: { E: { content: at('schemas', 'error') }, F: {} },
  },
};

describe('an operation is resolved within', () => {
  test('its path and the components that it refers to, directly or indirectly', () => {
    const { paths, components } = document;
    expect(excerpt(document, ['paths', '/v1/pay', 'post'])).toEqual({
      openapi: '3.1.1',
      tags: [{ name: 'node' }],
      paths: { '/v1/pay': paths['/v1/pay'] },
      components: {
        securitySchemes: components.securitySchemes,
        schemas: { pay: components.schemas.pay, msat: components.schemas.msat },
        // A reference that is missing in the whole document, too.
        responses: { E: components.responses.E },
      },
    });
  });

  test('names with slashes, tildes and braces', () => {
    expect(excerpt(document, ['paths', '/v1/a~b', 'post'])).toMatchObject({
      components: { schemas: { 'x/y~{z}': { type: 'string' } } },
    });
  });

  test('a path without references', () => {
    expect(excerpt(document, ['paths', '/v1/stop'])).toEqual({
      ...document,
      paths: { '/v1/stop': { post: {} } },
      components: { securitySchemes: document.components.securitySchemes },
    });
  });

  test.each([[[]], [['components', 'securitySchemes']], [['paths']], [['paths', '/v1/none']]])(
    'the whole document, for %j',
    (path) => {
      expect(excerpt(document, path)).toBe(document);
    },
  );
});

test('the original resolveSubtree gets the other arguments unchanged', () => {
  const asked: unknown[][] = [];
  const system: System = {
    fn: {
      getSampleSchema: () => undefined,
      resolveSubtree: (...all) => {
        asked.push(all);
        return 'resolved';
      },
    },
  };
  resolveWithinExcerpts(system);
  const path = ['paths', '/v1/stop'];
  const options = { baseDoc: 'http://127.0.0.1/openapi.json' };
  expect(system.fn.resolveSubtree(document, path, options)).toBe('resolved');
  expect(asked).toEqual([[excerpt(document, path), path, options]]);
});
