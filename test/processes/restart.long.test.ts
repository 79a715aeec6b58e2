import { openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { get, type IncomingMessage } from 'node:http';
import { io } from 'socket.io-client';
import { afterEach, expect, onTestFinished, test } from 'vitest';
import { builds } from '@clnrest/gateway/builds';
import { freePort, RUNE, temporaryDirectory } from '@clnrest/testing';
import { FakeLightningd } from '@clnrest/lightningd/testing';
import { FakeNode } from '@clnrest/testing/fake-node';
import { call } from '@clnrest/testing/http-client';
import { OPTIONS } from '../../packages/gateway/src/options/declarations.ts';
import { httpProcessStarter } from '../../packages/gateway/src/processes/http-process.ts';
import { RestartLimit } from '../../packages/gateway/src/processes/restart-limit.ts';
import { runGateway } from '../../packages/gateway/src/run-gateway.ts';
import { failOnSignal } from '../support/fail-on-signal.ts';
import { pluginFile } from '../support/under-test.ts';

/** The number of failures of the HTTP process, and the signals that cause them. The last two throw errors. */
const TIMES = 20;
const SIGNALS = ['SIGKILL', 'SIGSEGV', 'SIGABRT', 'SIGUSR2', 'SIGWINCH'] as const;
const CALLERS = 8;
const STREAMS = 4;
const SOCKETS = 3;

/** Ends the load. */
const load = { isOver: false };
afterEach(() => {
  load.isOver = true;
});

/** Starts a plugin with the released HTTP process and a higher restart limit. */
async function startPlugin() {
  const node = await FakeNode.start({
    echo: (echoed) => echoed.result(`{"echo":${echoed.params}}`),
  });
  const module = await failOnSignal(temporaryDirectory());
  const file = pluginFile(builds.rest);
  const start = httpProcessStarter({
    file: process.execPath,
    args: [`--require=${module}`, '--', file, '--http-process'],
    descriptor: openSync(file, 'r'),
  });
  const { lightningd, io: pluginIo } = FakeLightningd.inProcess();
  const restarts = new RestartLimit(1_000, 60_000);
  const running = runGateway(
    builds.rest,
    { start, cancel: () => undefined },
    { io: pluginIo, restarts },
  );
  onTestFinished(async () => {
    lightningd.end();
    await running;
  });
  const port = await freePort();
  const options = {
    'rest-port': port,
    'rest-protocol': 'http',
    'rest-host': '127.0.0.1',
    'rest-csp': OPTIONS.csp.default,
    'rest-cors-origins': ['*'],
    'rest-swagger-root': '/',
  };
  const { init } = await lightningd.start(options, { 'lightning-dir': node.directory });
  expect(init.result).toEqual({});
  const again = (): number =>
    lightningd.logged().filter((line) => line.includes('REST server running again')).length;
  const kill = async (signal: NodeJS.Signals): Promise<void> => {
    const count = again();
    process.kill(Number(await readFile(`${module}.pid`, 'utf8')), signal);
    await lightningd.frame(() => again() > count);
  };
  return { lightningd, kill, url: `http://127.0.0.1:${port}` };
}

/** Calls a command until the load ends. Resolves with the number of correct responses and of failed requests. */
async function callRepeatedly(url: string, caller: number) {
  const counts = { answered: 0, broken: 0 };
  for (let n = 0; !load.isOver; n++) {
    const body = `{"caller":${caller},"n":${n}}`;
    try {
      const answer = await call(url, 'echo', body);
      // Not with expect(), which took longer than the call.
      if (answer.status !== 201 || answer.body !== `{"echo":${body}}`) {
        throw new Error(`${answer.status} ${answer.body} to ${body}`);
      }
      counts.answered++;
    } catch (error) {
      // A failed request is acceptable, a wrong response is not.
      if (!(error instanceof Error && 'code' in error)) throw error;
      counts.broken++;
    }
    await pause(10);
  }
  return counts;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Subscribes with server-sent events, reconnects with the last id and keeps the received numbers. */
class Stream {
  readonly received: number[] = [];
  connections = 0;
  missed = 0;
  readonly #url: string;
  #id: string | undefined;

  constructor(url: string) {
    this.#url = url;
  }

  async run(): Promise<void> {
    while (!load.isOver) {
      try {
        await this.#listen();
      } catch {
        await pause(5);
      }
    }
  }

  async #listen(): Promise<void> {
    const headers = { rune: RUNE, ...(this.#id !== undefined && { 'last-event-id': this.#id }) };
    const request = get(`${this.#url}/v1/notifications?topics=tick`, { headers, agent: false });
    onTestFinished(() => void request.destroy());
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      request.once('response', resolve).once('error', reject);
    });
    expect(answer.statusCode).toBe(200);
    this.connections++;
    let text = '';
    for await (const piece of answer.setEncoding('latin1')) {
      // An incomplete event is ignored.
      const events = (text + String(piece)).split('\n\n');
      text = events.pop() ?? '';
      for (const event of events) this.#take(event);
    }
  }

  #take(event: string): void {
    if (event.startsWith('event: missed')) this.missed++;
    const n = /"n":([0-9]+)/.exec(event)?.[1];
    if (n !== undefined) this.received.push(Number(n));
    this.#id = /^id: (.*)$/m.exec(event)?.[1] ?? this.#id;
  }
}

test(
  'an HTTP process that fails 20 times under load neither loses, repeats nor reorders notifications',
  { timeout: 240_000 },
  async () => {
    load.isOver = false;
    const { lightningd, kill, url } = await startPlugin();
    const streams = Array.from({ length: STREAMS }, () => new Stream(url));
    const sockets = Array.from({ length: SOCKETS }, () => {
      const socket = io(url, {
        forceNew: true,
        transports: ['websocket'],
        auth: { rune: RUNE, topics: 'tick' },
        reconnectionDelay: 20,
        reconnectionDelayMax: 50,
      });
      onTestFinished(() => void socket.close());
      const counts = { connections: 0, received: [] as number[] };
      socket.on('connect', () => counts.connections++);
      socket.on('message', ({ tick }: { tick: { n: number } }) => counts.received.push(tick.n));
      return counts;
    });
    const callers = Array.from({ length: CALLERS }, (_, n) => callRepeatedly(url, n));
    const running = Promise.all([...callers, ...streams.map((stream) => stream.run())]);
    // Without a handler, Node would report a rejection as unhandled before the test awaits it.
    running.catch(() => undefined);
    const allConnected = (count: number) => () =>
      streams.every(({ connections }) => connections >= count) &&
      sockets.every(({ connections }) => connections >= count);
    await until(allConnected(1));
    let sent = 0;
    const notifying = setInterval(() => {
      lightningd.notify('tick', { tick: { n: sent++, filler: 'x'.repeat(sent % 5_000) } });
    }, 5);
    onTestFinished(() => clearInterval(notifying));
    for (let times = 0; times < TIMES; times++) {
      await kill(SIGNALS[times % SIGNALS.length] ?? 'SIGKILL');
      // Other failures happen while clients reconnect.
      if (times % 4 === 0) await until(allConnected(2 + times / 4));
    }
    clearInterval(notifying);
    const all = Array.from({ length: sent }, (_, n) => n);
    await until(
      () =>
        streams.every(({ received }) => received.length >= sent) ||
        streams.some(({ missed }) => missed > 0),
    );
    load.isOver = true;
    for (const { received, missed } of streams) {
      expect(received).toEqual(all);
      expect(missed).toBe(0);
    }
    for (const { received } of sockets) {
      expect(received).toEqual(received.toSorted((one, other) => one - other));
      expect(new Set(received).size).toBe(received.length);
    }
    const broken = lightningd.logged().filter((line) => line.startsWith('broken'));
    expect(broken).toHaveLength(TIMES);
    expect(broken.filter((line) => line.includes('on purpose'))).toHaveLength(TIMES / 2.5);
    // Before the shutdown: the plugin rejects later calls.
    const counts = await Promise.all(callers);
    lightningd.notify('shutdown', {});
    // On a busy machine, a caller got 13 responses in that time.
    expect(Math.min(...counts.map(({ answered }) => answered))).toBeGreaterThan(TIMES / 4);
    await running;
  },
);

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await pause(10);
}
