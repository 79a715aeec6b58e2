import { describe, expect, test } from 'vitest';
import { ask } from '@clnrest/testing/http-client';
import { testGateway } from '../testing/gateway.ts';
import { extractImages } from './swagger-style.ts';

describe("Swagger UI's style", () => {
  test.each(['', '/doc'])('below %j has its images in separate files', async (swaggerRoot) => {
    const { url } = await testGateway({ settings: { swaggerRoot } });
    const style = await ask(`${url}${swaggerRoot}/swagger-ui.css`);
    expect(style.headers['content-type']).toBe('text/css; charset=utf-8');
    expect(style.body).not.toContain('data:');
    const names = [...style.body.matchAll(/url\(([^)]*)\)/g)].map(([, name = '']) => name);
    expect(names.length).toBeGreaterThan(10);
    for (const name of names) {
      const picture = await ask(
        new URL(JSON.parse(name) as string, `${url}${swaggerRoot}/swagger-ui.css`).href,
      );
      expect([picture.status, name]).toEqual([200, name]);
      const { 'content-type': type } = picture.headers;
      expect(type).toMatch(/^image\/(?:svg\+xml|png|jpeg)$/);
      if (type === 'image/svg+xml') expect(picture.body).toMatch(/^<svg [^]*<\/svg>$/);
      if (type === 'image/png') expect(picture.bytes.subarray(1, 4).toString()).toBe('PNG');
    }
    const unknown = await ask(`${url}${swaggerRoot}/swagger-ui-pictures/x.svg`);
    expect(unknown.status).toBe(404);
    expect(unknown.json()).toMatchObject({ code: -32601 });
  });

  test('refers to the extracted images', () => {
    const style = [
      'a{background:url("data:image/svg+xml;charset=utf-8,<svg xmlns=\\"x\\"><path d=\\"%23\\"/></svg>") 0}',
      'b{background:url(data:image/png;base64,AAEC) 1}c{background:url(other.png)}',
      'd{src:url(data:font/woff;base64,AAEC)}',
    ].join('');
    const { text, images } = extractImages(style, 'p/');
    expect(text).toBe(
      'a{background:url("p/1.svg") 0}b{background:url("p/2.png") 1}c{background:url(other.png)}d{src:url(data:font/woff;base64,AAEC)}',
    );
    expect([...images].map(([name, { type, bytes }]) => [name, type, bytes.toString()])).toEqual([
      ['p/1.svg', 'image/svg+xml', '<svg xmlns="x"><path d="#"/></svg>'],
      ['p/2.png', 'image/png', '\u0000\u0001\u0002'],
    ]);
  });
});
