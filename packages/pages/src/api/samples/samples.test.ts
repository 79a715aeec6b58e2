import { transform } from 'esbuild';
import { describe, expect, test } from 'vitest';
import { curlSample } from './curl.ts';
import { asPython, asTypeScript } from './literals.ts';
import { pythonSample } from './python.ts';
import type { SampleRequest } from './request.ts';
import { typeScriptSample } from './typescript.ts';

const INVOICE: SampleRequest = {
  server: 'https://127.0.0.1:3010',
  verb: 'POST',
  path: '/v1/invoice',
  needsRune: true,
  isTyped: true,
  body: '{\n  "amount_msat": 9007199254740993,\n  "label": "it\'s"\n}',
};
const PLUGINS: SampleRequest = { ...INVOICE, path: '/v1/swap-quote', isTyped: false, body: '{}' };
const STREAM: SampleRequest = {
  ...INVOICE,
  verb: 'GET',
  path: '/v1/notifications',
  body: undefined,
};
const REGISTERED: SampleRequest = {
  ...INVOICE,
  server: 'http://127.0.0.1:3010',
  verb: 'PUT',
  path: '/shop/{label}',
  needsRune: false,
};

describe('code samples:', () => {
  test('curl, with the authority and a quoted body', () => {
    expect(curlSample(INVOICE)).toBe(
      `curl --cacert ca.pem \\
  --request POST \\
  --url https://127.0.0.1:3010/v1/invoice \\
  --header "Rune: $RUNE" \\
  --header 'Content-Type: application/json' \\
  --data '{
  "amount_msat": 9007199254740993,
  "label": "it'\\''s"
}'`,
    );
    expect(curlSample(STREAM)).toContain('--no-buffer');
    expect(curlSample(REGISTERED)).not.toMatch(/cacert|Rune/);
  });

  test('Python, with the authority and all digits', () => {
    expect(pythonSample(INVOICE)).toBe(`import os

import requests

response = requests.post(
    "https://127.0.0.1:3010/v1/invoice",
    headers={"Rune": os.environ["RUNE"]},
    json={
      "amount_msat": 9007199254740993,
      "label": "it's"
    },
    verify="ca.pem",
)
print(response.status_code, response.text)`);
    expect(pythonSample(STREAM)).toContain('stream=True,');
  });

  test('TypeScript, with the client, the authority and all digits', () => {
    expect(typeScriptSample(INVOICE)).toBe(`import { readFile } from 'node:fs/promises';
import { ClnrestClient } from '@clnrest/client';

const client = new ClnrestClient({
  url: "https://127.0.0.1:3010",
  rune: process.env.RUNE,
  ca: await readFile('ca.pem'),
});
const result = await client.call("invoice", {
  "amount_msat": 9007199254740993n,
  "label": "it's"
});
console.log(result);`);
    expect(typeScriptSample(PLUGINS)).toContain('await client.call<unknown>("swap-quote");');
    expect(typeScriptSample(STREAM)).toContain('client.notifications()');
    expect(typeScriptSample(REGISTERED)).toContain(
      'await fetch("http://127.0.0.1:3010/shop/{label}"',
    );
  });

  test.each([INVOICE, PLUGINS, STREAM, REGISTERED])(
    'TypeScript that compiles: $verb $path',
    async (request) => {
      await transform(typeScriptSample(request), { loader: 'ts', format: 'esm' });
    },
  );

  test('words within strings stay', () => {
    const json = '[true, "true \\" null", null, -1.5e3, 12345678901234567890, "1"]';
    expect(asPython(json)).toBe('[True, "true \\" null", None, -1.5e3, 12345678901234567890, "1"]');
    expect(asTypeScript(json)).toBe(
      '[true, "true \\" null", null, -1.5e3, 12345678901234567890n, "1"]',
    );
  });
});
