import { expect, test } from 'vitest';
import { logWriter, type LogSettings } from './log-writer.ts';

function written(settings: LogSettings): string {
  let text = '';
  const log = logWriter(
    settings,
    (line) => (text += line),
    () => new Date(0),
  );
  log('debug', 'detail');
  log('info', 'ready');
  log('broken', 'a "quoted"\nfault');
  return text;
}

test('writes plain lines', () => {
  expect(written({ format: 'plain', level: 'debug' })).toBe(
    [
      '1970-01-01T00:00:00.000Z DEBUG   detail\n',
      '1970-01-01T00:00:00.000Z INFO    ready\n',
      '1970-01-01T00:00:00.000Z BROKEN  a "quoted"\n',
      '1970-01-01T00:00:00.000Z BROKEN  fault\n',
    ].join(''),
  );
});

test('writes one JSON object for each line, from a level on', () => {
  const lines = written({ format: 'json', level: 'info' }).trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
    { time: '1970-01-01T00:00:00.000Z', level: 'info', message: 'ready' },
    { time: '1970-01-01T00:00:00.000Z', level: 'broken', message: 'a "quoted"\nfault' },
  ]);
});
