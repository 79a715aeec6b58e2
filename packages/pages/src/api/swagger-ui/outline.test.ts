import { expect, test } from 'vitest';
import { outlineOf } from './outline.ts';

test('an outline has what closed operations show', () => {
  const operation = { tags: ['node'], operationId: 'getinfo', summary: 'Returns', security: [] };
  const rune = { type: 'apiKey' };
  const document = {
    openapi: '3.1.0',
    tags: [{ name: 'node' }],
    paths: {
      '/v1/getinfo': { post: { ...operation, requestBody: {}, responses: { 201: {} } } },
    },
    components: { securitySchemes: { rune }, schemas: { 'getinfo.result': {} } },
  };
  expect(outlineOf(document)).toEqual({
    openapi: '3.1.0',
    tags: [{ name: 'node' }],
    paths: { '/v1/getinfo': { post: { ...operation, responses: {} } } },
    components: { securitySchemes: { rune } },
  });
});

test.each([{}, null, [], 'text', { paths: { '/x': null }, components: 5 }])(
  'an outline of a malformed document is a document: %j',
  (document) => {
    expect(outlineOf(document)).toMatchObject({ paths: {}, components: {} });
  },
);
