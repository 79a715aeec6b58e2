import { expect, test } from 'vitest';
import type { FromHttpProcess, HttpProcessEvents, StartHttpProcess } from './messages.ts';
import { startAhead } from './start-ahead.ts';

const LOG: FromHttpProcess = { type: 'log', level: 'debug', message: 'printed' };

/** Processes that do what the test says. */
function fakeProcesses() {
  const started: { events: HttpProcessEvents; sent: unknown[]; isKilled: boolean }[] = [];
  const start: StartHttpProcess = (events) => {
    const process = { events, sent: [] as unknown[], isKilled: false };
    started.push(process);
    return {
      unsent: 0,
      send: (message) => void process.sent.push(message),
      kill: () => {
        process.isKilled = true;
      },
    };
  };
  return { started, start };
}

/** Callbacks that record their arguments. */
function recorder() {
  const seen: unknown[] = [];
  const events: HttpProcessEvents = {
    message: (message) => seen.push(message),
    drained: () => seen.push('drained'),
    ended: (reason) => seen.push(reason),
  };
  return { seen, events };
}

test('the first process starts before it is requested, and later ones on request', () => {
  const { started, start } = fakeProcesses();
  const source = startAhead(start);
  expect(started).toHaveLength(1);
  source.start(recorder().events).send({ type: 'close', graceMs: 1 });
  expect(started.map(({ sent }) => sent)).toEqual([[{ type: 'close', graceMs: 1 }]]);
  source.start(recorder().events);
  expect(started).toHaveLength(2);
});

test('earlier events are delivered in order after the link is returned, and before later events', async () => {
  const { started, start } = fakeProcesses();
  const source = startAhead(start);
  started[0]?.events.message(LOG);
  started[0]?.events.drained();
  const { seen, events } = recorder();
  source.start(events);
  started[0]?.events.ended('it was killed');
  expect(seen).toEqual([]);
  await Promise.resolve();
  expect(seen).toEqual([LOG, 'drained', 'it was killed']);
  started[0]?.events.drained();
  expect(seen).toHaveLength(4);
});

test('heartbeats do not accumulate before the process is requested', async () => {
  const { started, start } = fakeProcesses();
  const source = startAhead(start);
  started[0]?.events.message({ type: 'heartbeat' });
  const { seen, events } = recorder();
  source.start(events);
  await Promise.resolve();
  expect(seen).toEqual([]);
  started[0]?.events.message({ type: 'heartbeat' });
  expect(seen).toEqual([{ type: 'heartbeat' }]);
});

test('cancel kills only a process that was not requested', () => {
  const { started, start } = fakeProcesses();
  startAhead(start).cancel();
  expect(started[0]?.isKilled).toBe(true);
  const source = startAhead(start);
  source.start(recorder().events);
  source.cancel();
  expect(started[1]?.isKilled).toBe(false);
});

test('a process that could not be started is started again on request', () => {
  const { started, start } = fakeProcesses();
  let isFirst = true;
  const source = startAhead((events) => {
    if (!isFirst) return start(events);
    isFirst = false;
    throw new Error('EAGAIN');
  });
  source.cancel();
  source.start(recorder().events);
  expect(started).toHaveLength(1);
});

test('a process that has ended before it is requested is replaced', () => {
  const { started, start } = fakeProcesses();
  const source = startAhead(start);
  started[0]?.events.ended('it was ended by SIGKILL');
  const { seen, events } = recorder();
  source.start(events).send({ type: 'close', graceMs: 1 });
  expect(started[1]?.sent).toHaveLength(1);
  expect(seen).toEqual([]);
});
