import { describe, expect, test } from 'vitest';
import { RUNE } from '@clnrest/testing';
import { ask, call } from '@clnrest/testing/http-client';
import { answering } from '../testing/answering.ts';

describe('headers', () => {
  test('every response has the configured policy and nosniff', async () => {
    const policy = "default-src 'self'; font-src 'self'; img-src 'self'";
    const { url } = await answering({ settings: { contentSecurityPolicy: policy } });
    const answers = await Promise.all([
      call(url, 'getinfo'),
      call(url, 'nosuch'),
      ask(`${url}/v1/getinfo`, { method: 'POST' }),
      ask(`${url}/v1/list-methods`),
      ask(`${url}/nothing`),
      ask(`${url}/`),
      ask(`${url}/swagger-ui.css`),
      ask(`${url}/openapi.json`),
      ask(`${url}/v1/getinfo`, { method: 'OPTIONS' }),
      ask(`${url}/v1/getinfo`, {
        method: 'OPTIONS',
        headers: { origin: 'https://a.example', 'access-control-request-method': 'POST' },
      }),
    ]);
    for (const { headers } of answers) {
      expect(headers['content-security-policy']).toBe(policy);
      expect(headers['x-content-type-options']).toBe('nosniff');
    }
  });

  test('all origins are allowed, with preflight', async () => {
    const { url } = await answering();
    for (const headers of [{}, { origin: 'https://a.example' }]) {
      const answer = await ask(`${url}/v1/list-methods`, { headers });
      expect(answer.headers['access-control-allow-origin']).toBe('*');
    }
    const preflight = await ask(`${url}/v1/getinfo`, {
      method: 'OPTIONS',
      headers: {
        origin: 'https://a.example',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'rune, content-type',
      },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-headers': 'rune, content-type',
      'access-control-allow-methods': expect.stringContaining('POST'),
    });
    expect(preflight.headers).not.toHaveProperty('access-control-allow-credentials');
  });

  test('listed origins are allowed, and others get no CORS headers', async () => {
    const origins = ['https://localhost:5500', 'https?://127.0.0.1:[0-9]+'];
    const { url } = await answering({ settings: { origins } });
    const from = (origin: string | undefined, method = 'POST') =>
      ask(`${url}/v1/getinfo`, {
        method,
        headers: { rune: RUNE, ...(origin !== undefined && { origin }) },
      });
    for (const origin of ['https://localhost:5500', 'http://127.0.0.1:80']) {
      for (const method of ['POST', 'OPTIONS']) {
        const { headers, status } = await from(origin, method);
        expect(status).toBe(method === 'POST' ? 201 : 204);
        expect(headers['access-control-allow-origin']).toBe(origin);
        expect(headers.vary).toContain('Origin');
      }
    }
    for (const origin of [
      'https://localhost:55000',
      'https://127.0.0.1:80.evil.example',
      undefined,
    ]) {
      for (const method of ['POST', 'OPTIONS']) {
        const { headers } = await from(origin, method);
        expect(headers.vary).toContain('Origin');
        const names = Object.keys(headers).filter((name) => name.startsWith('access-control'));
        expect(names).toEqual([]);
      }
    }
  });

  test('pages of allowed origins can read errors', async () => {
    const origins = ['https://a.example'];
    const { url } = await answering({ settings: { origins } });
    const answer = await ask(`${url}/nothing`, { headers: { origin: 'https://a.example' } });
    expect(answer.headers['access-control-allow-origin']).toBe('https://a.example');
  });
});
