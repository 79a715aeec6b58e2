import { describe, expect, test } from 'vitest';
import { ManualClock } from '../testing/manual-clock.ts';
import { LogBook } from './log-book.ts';
import { parseLogLevel, type LogLevel } from './level.ts';

const LEVELS: readonly LogLevel[] = ['io', 'trace', 'debug', 'info', 'unusual', 'broken'];
/** 2026-11-20, 17:20:06.470 UTC. */
const TIME = 1_795_195_206_470_999_999n;

function bookWith(settings: Partial<Parameters<LogBook['configure']>[0]> = {}) {
  const lines: string[] = [];
  const book = new LogBook(new ManualClock(TIME));
  const configure = (): void =>
    book.configure({
      threshold: 'io',
      filters: [],
      outputs: [{ sink: (line) => lines.push(line), filters: [] }],
      prefix: '',
      timestamps: true,
      ...settings,
    });
  return { book, configure, lines };
}

describe('lines', () => {
  test("have lightningd's format", () => {
    const { book, configure, lines } = bookWith();
    configure();
    for (const level of LEVELS) book.logger('plugin-rest').log(level, 'text');
    expect(lines).toEqual([
      '2026-11-20T17:20:06.470Z IO      plugin-rest: text',
      '2026-11-20T17:20:06.470Z TRACE   plugin-rest: text',
      '2026-11-20T17:20:06.470Z DEBUG   plugin-rest: text',
      '2026-11-20T17:20:06.470Z INFO    plugin-rest: text',
      '2026-11-20T17:20:06.470Z UNUSUAL plugin-rest: text',
      '2026-11-20T17:20:06.470Z **BROKEN** plugin-rest: text',
    ]);
  });

  test('cannot be forged by control characters', () => {
    const { book, configure, lines } = bookWith();
    configure();
    book.logger('a').log('info', 'one\r\n2026-11-20T17:20:06.470Z INFO lightningd: \u001b[31mtwo');
    expect(lines).toEqual([
      '2026-11-20T17:20:06.470Z INFO    a: one??2026-11-20T17:20:06.470Z INFO lightningd: ?[31mtwo',
    ]);
  });

  test('have a prefix and no time if configured', () => {
    const { book, configure, lines } = bookWith({ prefix: 'n1 ', timestamps: false });
    configure();
    book.logger('a').log('info', 'x');
    expect(lines).toEqual(['n1 INFO    a: x']);
  });

  test('that precede the configuration are written later', () => {
    const { book, configure, lines } = bookWith({ timestamps: false, threshold: 'info' });
    book.logger('a').log('info', 'early');
    book.logger('a').log('debug', 'not wanted');
    expect(lines).toEqual([]);
    configure();
    expect(lines).toEqual(['INFO    a: early']);
  });
});

test('a source can have its own level, for all files or for one', () => {
  const file: string[] = [];
  const { book, configure, lines } = bookWith({
    threshold: 'info',
    timestamps: false,
    filters: [{ level: 'broken', source: 'quiet' }],
    outputs: [
      { sink: (line) => lines.push(line), filters: [] },
      { sink: (line) => file.push(line), filters: [{ level: 'debug', source: 'plugin-' }] },
    ],
  });
  configure();
  for (const source of ['lightningd', 'quiet', 'plugin-a']) {
    for (const level of LEVELS) book.logger(source).log(level, 'x');
  }
  const common = ['INFO    lightningd: x', 'UNUSUAL lightningd: x', '**BROKEN** lightningd: x'];
  expect(lines).toEqual([
    ...common,
    '**BROKEN** quiet: x',
    'INFO    plugin-a: x',
    'UNUSUAL plugin-a: x',
    '**BROKEN** plugin-a: x',
  ]);
  expect(file).toHaveLength(lines.length + 1);
  expect(file).toContain('DEBUG   plugin-a: x');
  expect(book.isWritten({ level: 'debug', source: 'plugin-a' })).toBe(true);
  expect(book.isWritten({ level: 'trace', source: 'plugin-a' })).toBe(false);
  expect(book.isWritten({ level: 'unusual', source: 'quiet' })).toBe(false);
});

test('an entry about a peer begins with its id, to which a level can apply', () => {
  const peer = `02${'ab'.repeat(32)}`;
  const { book, configure, lines } = bookWith({
    threshold: 'info',
    timestamps: false,
    filters: [{ level: 'debug', source: peer.slice(0, 20) }],
  });
  configure();
  book.logger('chan#1', peer).log('debug', 'x');
  book.logger('chan#2', `03${'ab'.repeat(32)}`).log('debug', 'x');
  expect(lines).toEqual([`DEBUG   ${peer}-chan#1: x`]);
  expect(book.isWritten({ level: 'debug', source: 'chan#1', peer })).toBe(true);
  expect(book.isWritten({ level: 'debug', source: 'chan#1' })).toBe(false);
});

test('keeps a bounded amount', () => {
  const { book } = bookWith();
  const logger = book.logger('a');
  for (let i = 0; i < 300; i++) logger.log('debug', String(i).padEnd(100_000, '.'));
  const kept = [...book.entries()];
  expect(book.size.used).toBeLessThanOrEqual(book.size.maximum);
  expect(kept.at(-1)?.message).toMatch(/^299\./);
  expect(kept.length).toBeGreaterThan(150);
  logger.log('debug', 'x'.repeat(1_000_000));
  expect([...book.entries()].at(-1)?.message.length).toBeLessThan(300_000);
});

test.each([
  ['DEBUG', 'debug'],
  ['warn', 'unusual'],
  ['error', 'broken'],
  ['Io', 'io'],
  ['loud', undefined],
])('%s is the level %s', (text, level) => {
  expect(parseLogLevel(text)).toBe(level);
});
