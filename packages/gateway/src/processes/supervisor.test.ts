import { describe, expect, onTestFinished, test } from 'vitest';
import { OptionError } from '../options/settings.ts';
import type { HttpProcessEvents, HttpProcessLink, ToHttpProcess } from './messages.ts';
import { RestartLimit } from './restart-limit.ts';
import { Supervisor } from './supervisor.ts';

/** An HTTP process that the test controls. */
class FakeHttpProcess implements HttpProcessLink {
  readonly unsent = 0;
  readonly sent: ToHttpProcess[] = [];
  killed = 0;
  readonly events: HttpProcessEvents;
  /** Whether it ends when it is killed. */
  isMortal = true;

  constructor(events: HttpProcessEvents) {
    this.events = events;
  }

  send(message: ToHttpProcess): void {
    this.sent.push(message);
    if (message.type === 'close' && this.isMortal)
      queueMicrotask(() => this.events.ended('closed'));
  }

  kill(): void {
    this.killed++;
    if (this.isMortal) queueMicrotask(() => this.events.ended('it was ended by SIGKILL'));
  }

  listen(): void {
    this.events.message({ type: 'listening', urls: ['http://127.0.0.1:3010'] });
  }
}

function supervised({ restarts = 5, tickMs = 60_000 } = {}) {
  const children: FakeHttpProcess[] = [];
  const log: string[] = [];
  const ended: FakeHttpProcess[] = [];
  let changed: () => void = () => undefined;
  const supervisor = new Supervisor({
    startHttpProcess: (events) => {
      const child = new FakeHttpProcess(events);
      children.push(child);
      changed();
      return child;
    },
    begin: (link) => ({
      message: () => undefined,
      drained: () => undefined,
      ended: () => ended.push(link as FakeHttpProcess),
    }),
    log: (level, message) => log.push(`${level}: ${message}`),
    limit: new RestartLimit(restarts),
    remedy: 'Restart it',
    tickMs,
  });
  onTestFinished(() => supervisor.close(0, 0));
  /** Returns the nth process, from 0. */
  const child = async (index: number): Promise<FakeHttpProcess> => {
    for (;;) {
      const found = children[index];
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => (changed = resolve));
    }
  };
  return { supervisor, children, child, log, ended };
}

describe('an HTTP process that ends', () => {
  test('is restarted immediately, with one line that gives the reason', async () => {
    const { supervisor, children, child, log, ended } = supervised();
    const started = supervisor.start();
    const first = await child(0);
    first.listen();
    await started;
    expect(supervisor.listening).toBe(first);
    first.events.ended('TypeError: x at y');
    expect(children).toHaveLength(2);
    expect(ended).toEqual([first]);
    expect(supervisor.listening).toBeUndefined();
    const waiting = supervisor.whenListening(new AbortController().signal);
    const second = await child(1);
    second.listen();
    expect(await waiting).toBe(second);
    expect(log).toEqual([
      'broken: The REST server failed: TypeError: x at y. It is being restarted',
      'info: REST server running again at http://127.0.0.1:3010',
    ]);
  });

  test('too often is not restarted, and the log contains instructions', async () => {
    const { supervisor, children, child, log } = supervised();
    const started = supervisor.start();
    for (let index = 0; index < 6; index++) {
      const next = await child(index);
      next.listen();
      next.events.ended('it was ended by SIGSEGV');
    }
    await started;
    expect(children).toHaveLength(6);
    expect(log.filter((line) => line.startsWith('broken'))).toEqual([
      ...Array<string>(5).fill(
        'broken: The REST server failed: it was ended by SIGSEGV. It is being restarted',
      ),
      'broken: The REST server failed: it was ended by SIGSEGV. It was restarted 5 times within 60 seconds, so it stays stopped. Restart it',
    ]);
    expect(await supervisor.whenListening(new AbortController().signal)).toBeUndefined();
    await supervisor.close(0, 0);
  });

  test('because of a wrong option at the first start is not restarted', async () => {
    const { supervisor, children, child, log } = supervised();
    const started = supervisor.start();
    (await child(0)).events.message({ type: 'failed', message: 'The port is taken.' });
    const error: unknown = await started.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(OptionError);
    expect((error as Error).message).toBe('The port is taken.');
    expect([children.length, children[0]?.killed, log]).toEqual([1, 1, []]);
  });

  test('because its port is in use after a restart counts as a failed restart', async () => {
    const { supervisor, child, log } = supervised({ restarts: 2, tickMs: 5 });
    const started = supervisor.start();
    const first = await child(0);
    first.listen();
    await started;
    first.events.ended('it was ended by SIGKILL');
    for (const index of [1, 2]) {
      (await child(index)).events.message({ type: 'failed', message: 'The port is taken.' });
    }
    expect(await supervisor.whenListening(new AbortController().signal)).toBeUndefined();
    expect(log).toEqual([
      'broken: The REST server failed: it was ended by SIGKILL. It is being restarted',
      'broken: The REST server failed: The port is taken. It is being restarted',
      'broken: The REST server failed: The port is taken. It was restarted 2 times within 60 seconds, so it stays stopped. Restart it',
    ]);
  });

  test('before it has listened is restarted, and then the start fails with the reason', async () => {
    const { supervisor, child } = supervised({ restarts: 1, tickMs: 5 });
    const started = supervisor.start();
    for (const index of [0, 1]) (await child(index)).events.ended('it exited with status 9');
    await expect(started).rejects.toThrow('The REST server failed: it exited with status 9');
  });

  test('a start that throws counts as well', async () => {
    const log: string[] = [];
    const supervisor = new Supervisor({
      startHttpProcess: () => {
        throw new Error('spawn EAGAIN');
      },
      begin: () => ({ message() {}, drained() {}, ended() {} }),
      log: (level, message) => log.push(`${level}: ${message}`),
      limit: new RestartLimit(1),
      remedy: 'Restart it',
      tickMs: 5,
    });
    await expect(supervisor.start()).rejects.toThrow('spawn EAGAIN');
    expect(log).toHaveLength(2);
    await supervisor.close(0, 0);
  });
});

describe('an HTTP process without a heartbeat', () => {
  test('is killed, with that reason', async () => {
    const { supervisor, child, log } = supervised({ tickMs: 5 });
    const started = supervisor.start();
    const first = await child(0);
    first.listen();
    await started;
    await child(1);
    expect(first.killed).toBe(1);
    expect(log[0]).toBe(
      'broken: The REST server failed: its event loop was blocked for 10 seconds. It is being restarted',
    );
  });

  test('runs as long as it sends one', async () => {
    const { supervisor, child, children } = supervised({ tickMs: 5 });
    const started = supervisor.start();
    const first = await child(0);
    first.listen();
    await started;
    for (let beat = 0; beat < 30; beat++) {
      first.events.message({ type: 'heartbeat' });
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(children).toHaveLength(1);
  });
});

describe('close and whenListening', () => {
  test('close ends the HTTP process without a restart', async () => {
    const { supervisor, child, children, log } = supervised();
    const started = supervisor.start();
    (await child(0)).listen();
    await started;
    await supervisor.close(100, 10_000);
    expect(children).toHaveLength(1);
    expect(children[0]?.sent.at(-1)).toEqual({ type: 'close', graceMs: 100 });
    expect([children[0]?.killed, log]).toEqual([0, []]);
  });

  test('close resolves even if the HTTP process does not end when it is killed', async () => {
    const { supervisor, child } = supervised();
    const started = supervisor.start();
    const first = await child(0);
    first.isMortal = false;
    first.listen();
    await started;
    await supervisor.close(0, 5);
    expect(first.killed).toBe(1);
  });

  test('close resolves pending calls of whenListening', async () => {
    const { supervisor, child } = supervised({ tickMs: 60_000 });
    const started = supervisor.start();
    const first = await child(0);
    first.listen();
    await started;
    first.events.ended('gone');
    const waiting = supervisor.whenListening(new AbortController().signal);
    await supervisor.close(0, 1_000);
    expect(await waiting).toBeUndefined();
  });

  test('whenListening rejects if its signal aborts', async () => {
    const { supervisor, child } = supervised();
    const started = supervisor.start();
    const first = await child(0);
    first.listen();
    await started;
    first.events.ended('gone');
    await expect(supervisor.whenListening(AbortSignal.timeout(5))).rejects.toThrow();
  });
});
