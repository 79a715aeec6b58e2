import { expect, test } from 'vitest';
import { bytesOf, type FuzzCase } from '../../fuzz/case.ts';
import { makeCase } from '../../fuzz/grammar/cases.ts';
import { shrink } from '../../fuzz/shrink.ts';
import { smallest } from '../../fuzz/smallest.ts';

test('a seed and a number determine one case, which survives JSON', () => {
  for (let index = 0; index < 500; index++) {
    const made = makeCase(7, index);
    expect(makeCase(7, index)).toEqual(made);
    expect(JSON.parse(JSON.stringify(made))).toEqual(made);
    expect(made.items.length).toBeGreaterThan(0);
  }
  expect(makeCase(8, 0)).not.toEqual(makeCase(7, 0));
});

test('cases of all kinds are generated', () => {
  const kinds = new Set<string>();
  const protocols = new Set<string>();
  for (let index = 0; index < 20_000; index++) {
    const { kind, protocol, items } = makeCase(1, index);
    for (const each of [kind, ...items.map((item) => item.kind)]) kinds.add(each);
    protocols.add(protocol);
  }
  expect([...protocols].toSorted()).toEqual(['http', 'https', 'plain']);
  for (const kind of ['endless', 'huge', 'polling', 'server-sent events', 'CONNECT', 'upgrade']) {
    expect(kinds).toContain(kind);
  }
});

test('placeholders are filled in, and Content-Length matches the sent body', () => {
  const item = {
    kind: 'test',
    head: ['POST /{{a*3}} HTTP/1.1', 'Rune: {{rune}}', 'Content-Length: {{length}}'],
    body: ['{{[*4}}', '{{rune}}', '{{xy*200000}}'],
  };
  const text = [...bytesOf(item, { rune: 'R' })].join('');
  const [head = '', body = ''] = text.split('\r\n\r\n');
  expect(head).toBe('POST /aaa HTTP/1.1\r\nRune: R\r\nContent-Length: 400005');
  expect(body).toBe(`[[[[R${'xy'.repeat(200_000)}`);
});

test('shrinking removes everything unnecessary', async () => {
  const numbers = Array.from({ length: 100 }, (_, n) => n);
  const fails = (left: readonly number[]) =>
    Promise.resolve(left.includes(17) && left.includes(80));
  expect(await smallest(numbers, fails)).toEqual([17, 80]);
  expect(await smallest([1], () => Promise.resolve(true))).toEqual([1]);
});

test('a case is shrunk while it still fails', async () => {
  const fuzzCase: FuzzCase = {
    kind: 'requests',
    protocol: 'https',
    items: [
      { kind: 'a', head: ['GET /a HTTP/1.1', 'Host: x'], status: [200] },
      {
        kind: 'b',
        head: ['GET /b HTTP/1.1', 'Host: x', 'Upgrade: h2c', 'X: {{y*900}}'],
        body: ['z'],
      },
      { kind: 'c', body: ['garbage'] },
    ],
    writes: { pieces: 5, gapMs: 3 },
    ending: 'reset',
  };
  const fails = ({ items }: FuzzCase) =>
    Promise.resolve(/HTTP\/1.1.*Upgrade: h2c/.test(JSON.stringify(items)));
  expect(await shrink(fuzzCase, fails, false)).toEqual({
    kind: 'requests',
    protocol: 'http',
    items: [{ kind: 'b', head: ['GET / HTTP/1.1', 'Upgrade: h2c'] }],
    writes: { pieces: 'whole' },
    ending: 'read',
  });
});
