import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { Refusal } from '../refusals.ts';
import type { CallBody } from './parse-body.ts';
import { parserSource } from './parser-source.ts';
import { ParserThread, type ParserThreadOptions } from './parser-thread.ts';

const TYPES = {
  json: 'application/json',
  form: 'application/x-www-form-urlencoded',
  yaml: 'application/yaml',
  xml: 'application/xml',
} as const;

/** Programs of a failing thread. */
const ENDLESS = `require('node:worker_threads').parentPort.on('message', () => { for (;;); })`;
const EXITS = `require('node:worker_threads').parentPort.on('message', () => process.exit(3))`;
const THROWS = `require('node:worker_threads').parentPort.on('message', () => { throw new Error('bang') })`;
const GREEDY = `require('node:worker_threads').parentPort.on('message', () => { for (const all = []; ;) all.push({ all }); })`;
const SILENT = `require('node:worker_threads').parentPort.on('message', () => undefined)`;

function parserThread(options: Partial<ParserThreadOptions> = {}): ParserThread {
  const thread = new ParserThread({
    source: parserSource,
    maxBodies: 8,
    deadlineMs: 60_000,
    ...options,
  });
  onTestFinished(() => thread.close());
  return thread;
}

function body(text: string, type: keyof typeof TYPES = 'json', outside = '{}'): CallBody {
  return { format: type, bytes: Buffer.from(text), method: 'm', outside };
}

function requester(caller = 'a', controller = new AbortController()) {
  return { caller, signal: controller.signal };
}

/** Returns a source that returns these programs in order, and then the real one. */
function programs(...sources: readonly string[]): () => string {
  const left = [...sources];
  return () => left.shift() ?? parserSource();
}

describe('the parser thread', () => {
  test.each([
    ['json', ' {"a" : "\\/" }', '{"a":"/"}'],
    ['form', 'a=1+2', '{"a":"1 2"}'],
    ['yaml', 'a: 1', '{"a":1}'],
    ['xml', '<m><a>1</a></m>', '{"a":1}'],
  ] as const)('parses %s', async (type, text, expected) => {
    expect(await parserThread().parse(body(text, type), requester())).toBe(expected);
  });

  test('merges the parameters of the path and the query', async () => {
    const thread = parserThread();
    const merged = thread.parse(body('{"b":"é"}', 'json', '{"a":"1"}'), requester());
    expect(await merged).toBe('{"a":"1","b":"é"}');
    await expect(
      thread.parse(body('{"a":2}', 'json', '{"a":"1"}'), requester()),
    ).rejects.toMatchObject({ kind: 'duplicate_key', detail: 'a' });
  });

  test('rejects with the same error as the event loop', async () => {
    const failed = parserThread().parse(body('{"a":1,}'), requester());
    await expect(failed).rejects.toThrow(
      'Body is not valid JSON: a key in double quotes expected at character 8',
    );
    await expect(failed).rejects.toBeInstanceOf(Refusal);
  });

  test('takes the bodies of callers in turn', async () => {
    const thread = parserThread();
    const order: string[] = [];
    const parse = async (caller: string, text: string): Promise<void> => {
      await thread.parse(body(text), requester(caller));
      order.push(caller);
    };
    await Promise.all([parse('a', '[1]'), parse('a', '[2]'), parse('a', '[3]'), parse('b', '[4]')]);
    // The first body starts immediately; the others of the same caller wait for their turns.
    expect(order).toEqual(['a', 'a', 'b', 'a']);
  });

  test('limits the bodies in total and of each caller', async () => {
    const thread = parserThread({ maxBodies: 4 });
    const some = [thread.parse(body('[]'), requester()), thread.parse(body('[]'), requester())];
    await expect(thread.parse(body('[]'), requester())).rejects.toMatchObject({ kind: 'busy' });
    expect(await thread.parse(body('[1]'), requester('b'))).toBe('[1]');
    await Promise.all(some);
    expect(await thread.parse(body('[2]'), requester())).toBe('[2]');
  });

  test.each([
    ['exceeds the deadline', ENDLESS, 'too_complex'],
    ['needs too much memory', GREEDY, 'too_complex'],
    ['ends the thread', EXITS, 'internal'],
    ['makes it throw', THROWS, 'internal'],
  ] as const)('refuses a body that %s and parses the next one', async (_, program, kind) => {
    // Short only if the deadline must pass; the next program must also start within the deadline.
    const deadlineMs = program === ENDLESS ? 5_000 : 60_000;
    const thread = parserThread({ source: programs(program), deadlineMs });
    const first = thread.parse(body('[1]'), requester());
    const second = thread.parse(body('[2]'), requester());
    await expect(first).rejects.toMatchObject({ kind });
    expect(await second).toBe('[2]');
  });

  test('removes a queued body when its client disconnects', async () => {
    const thread = parserThread();
    const controller = new AbortController();
    const first = thread.parse(body('[1]'), requester());
    const second = thread.parse(body('[2]'), requester('b', controller));
    controller.abort(new Error('left'));
    await expect(second).rejects.toThrow('left');
    expect(await first).toBe('[1]');
    await expect(thread.parse(body('[]'), requester('b', controller))).rejects.toThrow('left');
  });

  test('keeps the active body when its client disconnects', async () => {
    const thread = parserThread({ source: programs(SILENT), deadlineMs: 1_000 });
    const controller = new AbortController();
    const settled = vi.fn<() => void>();
    const parsing = thread.parse(body('[1]'), requester('a', controller)).finally(settled);
    const refused = expect(parsing).rejects.toMatchObject({ kind: 'too_complex' });
    controller.abort(new Error('left'));
    await new Promise((resolve) => setImmediate(resolve));
    expect(settled).not.toHaveBeenCalled();
    await refused;
  });

  test('ends when idle and starts again with the next body', async () => {
    const source = vi.fn<() => string>(parserSource);
    const thread = parserThread({ source, idleMs: 0 });
    await vi.waitFor(async () => {
      expect(await thread.parse(body('[]'), requester())).toBe('[]');
      expect(source.mock.calls.length).toBeGreaterThan(1);
    }, 20_000);
  });

  test('starts with the first body, once for several bodies', async () => {
    const source = vi.fn<() => string>(parserSource);
    const thread = parserThread({ source });
    expect(source).not.toHaveBeenCalled();
    await Promise.all([1, 2, 3].map((each) => thread.parse(body(`[${each}]`), requester())));
    expect(source).toHaveBeenCalledTimes(1);
  });

  test('refuses active, queued and later bodies when closed', async () => {
    const thread = parserThread({ source: programs(SILENT) });
    const bodies = ['a', 'b'].map((caller) => thread.parse(body('[]'), requester(caller)));
    const refused = bodies.map((each) => expect(each).rejects.toMatchObject({ kind: 'stopping' }));
    await thread.close();
    await Promise.all(refused);
    await expect(thread.parse(body('[]'), requester())).rejects.toMatchObject({ kind: 'stopping' });
  });
});

test('parse removes its listeners from the abort signal', async () => {
  const thread = parserThread();
  const controller = new AbortController();
  const listeners = vi.spyOn(controller.signal, 'addEventListener');
  const removed = vi.spyOn(controller.signal, 'removeEventListener');
  await thread.parse(body('[]'), requester('a', controller));
  expect(removed).toHaveBeenCalledTimes(listeners.mock.calls.length);
});
