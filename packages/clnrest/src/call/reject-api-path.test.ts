import { expect, test } from 'vitest';
import { UsageError } from '../usage-error.ts';
import { rejectApiPath } from './reject-api-path.ts';

const RUNE = 'KUhZzNlECC7pYsz3QVbF1TqjIUYi3oyESTI7n60hLMs9MA==';
const ONION = `${'a2'.repeat(28)}.onion`;

test.each([
  ['https://127.0.0.1:3010/v1', 'https://127.0.0.1:3010'],
  ['https://127.0.0.1:3010/v1/', 'https://127.0.0.1:3010'],
  ['https://127.0.0.1:3010/v1/getinfo', 'https://127.0.0.1:3010'],
  ['https://127.0.0.1:3010/v1/list-methods/', 'https://127.0.0.1:3010'],
  ['https://127.0.0.1:3010/v1/v1/getinfo', 'https://127.0.0.1:3010'],
  ['http://[::1]:3010//v1//', 'http://[::1]:3010/'],
  ['https://host/node/v1', 'https://host/node'],
  ['https://host/a/b/v1/getinfo', 'https://host/a/b'],
  [`http://${ONION}/v1`, `http://${ONION}`],
  [`https://user:pw@host/v1/getinfo?rune=${RUNE}#x`, 'https://host'],
  [`https://host/${RUNE}/v1`, 'https://host/(hidden)'],
])('of %s, suggests %s', (text, gateway) => {
  const error = new UsageError(`the URL must not include the API path: use ${gateway}`);
  expect(() => rejectApiPath(new URL(text))).toThrow(error);
});

test.each([
  'https://127.0.0.1:3010',
  'https://127.0.0.1:3010/',
  'https://host/node',
  'https://host/node/',
  'https://host/v1x/getinfo',
  'https://host/clnv1',
  'https://host/v2',
  'https://host/v1/nodes/alice',
  'https://v1/node',
  'localhost:3010/v1',
  'file:///v1/getinfo',
])('%s is not rejected', (text) => {
  expect(() => rejectApiPath(new URL(text))).not.toThrow();
});
