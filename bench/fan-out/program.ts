import { type ChildProcess, fork } from 'node:child_process';

/** Messages between the processes of this benchmark. Each part is a process, so that none slows another. */
export type Message =
  | { readonly port: number }
  | { readonly connected: number }
  /**
   * All subscribers received a round, or the server sent it, at this time in nanoseconds on a shared clock. The bytes are those
   * that all subscribers received since the round began.
   */
  | { readonly round: number; readonly at: string; readonly bytes?: number }
  | { readonly memory: number };

/** One process of the benchmark, and its requests. */
export class Program {
  readonly #child: ChildProcess;
  readonly #messages: Message[] = [];
  #failure: Error | undefined;
  #changed: () => void = () => undefined;

  /** Starts a file of this directory. */
  constructor(name: string, ...args: readonly string[]) {
    // npm runs its scripts in the root of the repository.
    this.#child = fork('scripts/run.mjs', [`bench/fan-out/${name}.ts`, ...args], {
      execArgv: ['--expose-gc'],
    });
    this.#child.on('message', (message: Message) => {
      this.#messages.push(message);
      this.#changed();
    });
    this.#child.once('exit', (status) => {
      if (status === 0 || status === null) return;
      this.#failure = new Error(`${name} ended with ${status}`);
      this.#changed();
    });
  }

  /** Sends a request and resolves with the first matching message. */
  async request<T extends Message>(
    request: object,
    isReply: (message: Message) => message is T,
  ): Promise<T> {
    this.#child.send(request);
    return this.receive(isReply);
  }

  async receive<T extends Message>(isWanted: (message: Message) => message is T): Promise<T> {
    for (;;) {
      const index = this.#messages.findIndex(isWanted);
      if (index >= 0) return this.#messages.splice(index, 1)[0] as T;
      if (this.#failure !== undefined) throw this.#failure;
      await new Promise<void>((resolve) => (this.#changed = resolve));
    }
  }

  /** The process id. */
  get pid(): number {
    return this.#child.pid ?? 0;
  }

  end(): void {
    if (this.#child.connected) this.#child.disconnect();
  }
}

/** Serves the requests of the parent process until it disconnects. */
export function serve(handle: (request: Record<string, unknown>) => void): void {
  process.on('message', (request) => handle(request as Record<string, unknown>));
  process.on('disconnect', () => process.exit(0));
}

export function send(message: Message): void {
  process.send?.(message);
}

/** Sends the memory of this process after a garbage collection. */
export function sendMemory(): void {
  globalThis.gc?.();
  send({ memory: process.memoryUsage.rss() });
}

/** The time on a clock that all processes of a machine share. */
export function now(): string {
  return process.hrtime.bigint().toString();
}

/** The parameters of a round's notification. */
export function notificationParams(round: number): string {
  return `{"bench":{"round":${round},"filler":"${'x'.repeat(300)}"}}`;
}

/** The part of the notification that identifies the round. */
export function markOf(round: number): string {
  return `"round":${round},`;
}
