import { describe, expect, test } from 'vitest';
import { finding, leftOut } from './findings.ts';
import { Report } from './report.ts';
import { RUNE } from './testing/gateway.ts';

const report = (rune: string | undefined = undefined) => new Report('https://x:1', rune);

test('a finding is a line, with more lines where there is more to say', () => {
  const words = report().words(
    finding('rune', 'rune_doubtful', 'found', { details: ['a', 'b'], remedy: 'do that' }),
  );
  expect(words).toBe(
    'warning  rune       found\n                      a\n                      b\n                    -> do that\n',
  );
});

test('what is left out for one reason is told in one line', () => {
  const one = report();
  const findings = [
    finding('port', 'port_refused', 'closed'),
    leftOut('protocol', 'why'),
    leftOut('gateway', 'why'),
    leftOut('node', 'else'),
    finding('rune', 'rune_read', 'why'),
    leftOut('events', 'last'),
  ];
  const words = findings.map((each) => {
    one.add(each);
    return one.words(each);
  });
  expect(words.join('') + one.sum).toBe(
    [
      'problem  port       closed',
      'left out protocol, gateway: why',
      'left out node: else',
      'ok       rune       why',
      'left out events: last',
      '',
      '1 problem',
      '',
    ].join('\n'),
  );
});

test.each([
  [[], 'ok', 'no problem'],
  [['rune_missing'], 'warning', 'no problem, 1 warning'],
  [['port_refused', 'rune_missing', 'rune_missing'], 'problem', '1 problem, 2 warnings'],
  [['port_refused', 'port_refused'], 'problem', '2 problems'],
] as const)('of %j the sum is %s', (codes, status, sum) => {
  const one = report();
  for (const code of codes) one.add(finding('rune', code, 'x'));
  expect([one.status, one.sum]).toEqual([status, `\n${sum}\n`]);
});

describe('whatever was found', () => {
  const bare = RUNE.replace('==', '');
  const texts = [
    `1 ${RUNE}`,
    `2 ${bare}`,
    `3 ${encodeURIComponent(RUNE)}`,
    '4 \u001b[31m\u202e\n5',
  ];

  test.each(texts)('%j is printed without the rune, and without commands for terminals', (text) => {
    const one = report(RUNE);
    const given = finding('rune', 'rune_read', text, { details: [text], remedy: text });
    one.add(given);
    for (const printed of [one.words(given), one.json]) {
      expect(printed).not.toContain(bare);
      // oxlint-disable-next-line no-control-regex
      expect(printed.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f\u202e]/);
    }
    expect(one.words(given).split('\n')).toHaveLength(4);
  });

  test('is JSON with all that there is', () => {
    const one = report(RUNE);
    one.add(finding('port', 'port_refused', `a ${RUNE} \u202e`, { remedy: 'b', details: ['c'] }));
    one.add(leftOut('gateway', 'd'));
    expect(JSON.parse(one.json)).toEqual({
      url: 'https://x:1',
      status: 'problem',
      checks: [
        {
          check: 'port',
          status: 'problem',
          code: 'port_refused',
          found: 'a (hidden) \u202e',
          remedy: 'b',
          details: ['c'],
        },
        { check: 'gateway', status: 'left_out', code: 'left_out', found: 'd' },
      ],
    });
  });
});

test('a word that is no rune is not looked for in what is told', () => {
  expect(report('a').words(finding('name', 'name_found', 'a name'))).toContain('a name');
});
