import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';
import { freePort } from './free-port.ts';
import { findProgram } from './programs.ts';
import { temporaryDirectory } from './temporary-directory.ts';

/** Whether this machine has redis-server. Tests that need it are skipped without it. */
export const HAS_REDIS = findProgram('redis-server') !== undefined;

/** A Redis server of a test, on a free port of the loopback interface. */
export class TestRedis {
  readonly port: number;
  readonly url: string;
  readonly #directory: string;
  readonly #args: readonly string[];
  #process: ChildProcess | undefined;

  private constructor(port: number, directory: string, args: readonly string[]) {
    this.port = port;
    this.url = `redis://127.0.0.1:${port}`;
    this.#directory = directory;
    this.#args = args;
  }

  /** Starts a server that ends with the test. It writes each command to its disk, so that it survives `kill`. */
  static start(...args: readonly string[]): Promise<TestRedis> {
    return TestRedis.startFor((end) => onTestFinished(end), ...args);
  }

  /** Starts a server that ends when `atEnd` calls its functions, in the reverse order. */
  static async startFor(
    atEnd: (end: () => void | Promise<void>) => void,
    ...args: readonly string[]
  ): Promise<TestRedis> {
    const redis = new TestRedis(await freePort(), temporaryDirectory(atEnd), args);
    atEnd(() => redis.kill());
    await redis.listen();
    return redis;
  }

  /** Starts the process again. */
  async listen(): Promise<void> {
    const options = {
      port: this.port,
      bind: '127.0.0.1',
      dir: this.#directory,
      save: '',
      appendonly: 'yes',
      appendfsync: 'no',
    };
    const words = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
    const child = spawn('redis-server', [...words, ...this.#args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#process = child;
    for await (const line of createInterface({ input: child.stdout })) {
      if (line.includes('Ready to accept connections')) break;
    }
    child.stdout.resume();
  }

  /** Ends the process at once. */
  async kill(): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const closed = once(child, 'exit');
    child.kill('SIGKILL');
    await closed;
  }

  /** Suspends the process, or continues it. */
  signal(name: 'SIGSTOP' | 'SIGCONT'): void {
    this.#process?.kill(name);
  }
}
