import { describe, expect, test } from 'vitest';
import { announcesRevocations } from './node-version.ts';
import { RecentRevocations } from './recent-revocations.ts';
import { MAX_BLACKLISTED_ID, readAnnouncement, readRevocation } from './revocation.ts';

const ALL = { start: 0, end: MAX_BLACKLISTED_ID };

describe('readRevocation', () => {
  test.each([
    ['{"start":5}', { start: 5, end: 5 }],
    ['{"start":"5","end":7}', { start: 5, end: 7 }],
    ['{"end":7,"relist":true,"start":5}', { start: 5, end: 7 }],
    ['[5]', { start: 5, end: 5 }],
    // lightningd rejects a named null.
    ['{"start":5,"end":null}', { start: 5, end: 5 }],
    ['[5,null,true]', { start: 5, end: 5 }],
    [' [ 5 , "7" ] ', { start: 5, end: 7 }],
    ['[0,99999999]', ALL],
  ])('reads the ids of %s', (params, range) => {
    expect(readRevocation(params)).toMatchObject(range);
  });

  test.each([
    ['[5]', false],
    ['{"start":5,"relist":false}', false],
    ['[5,null,true]', true],
    ['{"start":5,"relist":true}', true],
    ['{"start":5,"relist":"true"}', undefined],
    ['[5,6,1]', undefined],
  ])('reads whether %s removes ids: %s', (params, relist) => {
    expect(readRevocation(params)?.relist).toBe(relist);
  });

  test.each(['{}', '[]', ' { } ', '[\n]'])('%j only returns the list', (params) => {
    expect(readRevocation(params)).toBeUndefined();
  });

  test.each([
    '{"start":1,"start":5}',
    '{"start":5,"end":"0x10"}',
    '[5,"010"]',
    '[-1]',
    '[7,5]',
    '[5,100000000]',
    '{"start":1e30}',
    '{"end":5}',
    '{"relist":true}',
    '[null,5]',
    'null',
    '"5"',
    '{"start":',
    '',
  ])('takes %s for all ids, because lightningd can read it differently', (params) => {
    expect(readRevocation(params)).toEqual(ALL);
  });
});

describe('readAnnouncement', () => {
  test('reads the hook of lightningd', () => {
    const command =
      '{"jsonrpc":"2.0","id":"cli:blacklistrune#1","method":"blacklistrune","params":[3]}';
    expect(readAnnouncement(`{"rpc_command":${command}}`)).toMatchObject({ start: 3, end: 3 });
  });

  test.each(['{}', '[]', '{"rpc_command":{}}', '{"rpc_command":7}', 'x'])(
    'takes the malformed hook %s for a change of all ids',
    (params) => {
      expect(readAnnouncement(params)).toEqual(ALL);
    },
  );
});

test('recent revocations last a minute, and many become one', () => {
  let now = 0;
  const recent = new RecentRevocations(() => now);
  recent.add({ start: 1, end: 1 });
  now = 59_999;
  expect(recent.ranges()).toEqual([{ start: 1, end: 1 }]);
  now = 60_000;
  expect(recent.ranges()).toEqual([]);
  for (let id = 10; id <= 1_010; id++) recent.add({ start: id, end: id });
  expect(recent.ranges()).toEqual([{ start: 10, end: 1_010 }]);
});

test.each([
  ['v26.06.6', true],
  ['v26.06.6-sandbox', true],
  ['v25.12', true],
  ['v25.12rc1-3-gabcdef', true],
  ['25.12', true],
  ['v25.09.3', false],
  ['v24.11', false],
  ['basic-v1', false],
  ['', false],
  [undefined, false],
])('a node of version %s announces revocations: %s', (version, announces) => {
  expect(announcesRevocations(version)).toBe(announces);
});
