import { describe, expect, test } from 'vitest';
import { finding, skipped } from './findings.ts';
import { Report } from './report.ts';
import { RUNE } from './testing/gateway.ts';

const report = (rune: string | undefined = undefined) => new Report('https://x:1', rune);

test('prints a finding on one line, then its details and remedy', () => {
  const text = report().text(
    finding('rune', 'rune_doubtful', 'found', { details: ['a', 'b'], remedy: 'do that' }),
  );
  expect(text).toBe(
    'warning  rune       found\n                      a\n                      b\n                    -> do that\n',
  );
});

test('colours only the label, and only if the terminal has colour', () => {
  const hostile = finding('port', 'port_refused', 'closed \u001B[32m');
  const text = new Report('https://x:1', undefined, true).text(hostile);
  expect(text).toBe('\u001B[31mproblem\u001B[39m  port       closed \\u001b[32m\n');
  expect(report().text(hostile)).not.toContain('\u001B');
});

test('prints checks that were skipped for one reason on one line', () => {
  const one = report();
  const findings = [
    finding('port', 'port_refused', 'closed'),
    skipped('protocol', 'why'),
    skipped('gateway', 'why'),
    skipped('node', 'else'),
    finding('rune', 'rune_read', 'why'),
    skipped('events', 'last'),
  ];
  const texts = findings.map((each) => {
    one.add(each);
    return one.text(each);
  });
  expect(texts.join('') + one.summary).toBe(
    [
      'problem  port       closed',
      'skipped  protocol, gateway: why',
      'skipped  node: else',
      'ok       rune       why',
      'skipped  events: last',
      '',
      '1 problem',
      '',
    ].join('\n'),
  );
});

test.each([
  [[], 'ok', 'no problems'],
  [['rune_missing'], 'warning', 'no problems, 1 warning'],
  [['port_refused', 'rune_missing', 'rune_missing'], 'problem', '1 problem, 2 warnings'],
  [['port_refused', 'port_refused'], 'problem', '2 problems'],
] as const)('the summary of %j is %s', (codes, status, summary) => {
  const one = report();
  for (const code of codes) one.add(finding('rune', code, 'x'));
  expect([one.status, one.summary]).toEqual([status, `\n${summary}\n`]);
});

describe('every finding', () => {
  const bare = RUNE.replace('==', '');
  const texts = [
    `1 ${RUNE}`,
    `2 ${bare}`,
    `3 ${encodeURIComponent(RUNE)}`,
    '4 \u001b[31m\u202e\n5',
  ];

  test.each(texts)('%j is printed without the rune and without escape sequences', (text) => {
    const one = report(RUNE);
    const given = finding('rune', 'rune_read', text, { details: [text], remedy: text });
    one.add(given);
    for (const printed of [one.text(given), one.json]) {
      expect(printed).not.toContain(bare);
      // oxlint-disable-next-line no-control-regex
      expect(printed.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f\u202e]/);
    }
    expect(one.text(given).split('\n')).toHaveLength(4);
  });

  test('is complete in JSON', () => {
    const one = report(RUNE);
    one.add(finding('port', 'port_refused', `a ${RUNE} \u202e`, { remedy: 'b', details: ['c'] }));
    one.add(skipped('gateway', 'd'));
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

test('does not hide a text that is too short for a rune', () => {
  expect(report('a').text(finding('name', 'name_found', 'a name'))).toContain('a name');
});
