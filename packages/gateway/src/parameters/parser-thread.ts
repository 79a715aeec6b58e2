import { Worker } from 'node:worker_threads';
import { Semaphore } from '@clnrest/bounds';
import { Refusal } from '../errors.ts';
import { CallerQueue } from './caller-queue.ts';
import type { CallBody } from './parse-body.ts';
import type { Outcome } from './parser-worker.ts';

/** How a {@link ParserThread} behaves. */
export interface ParserThreadOptions {
  /** The program of the thread. Called when the thread starts. */
  readonly source: () => string;
  /** Bodies at once, waiting ones included. */
  readonly maxBodies: number;
  /** Time to parse one body. */
  readonly deadlineMs: number;
  /** Time without bodies after which the thread ends. */
  readonly idleMs?: number;
}

/** Whose body it is, and when it is no longer wanted. */
export interface Requester {
  /** Bodies of the same caller share their turn. */
  readonly caller: string;
  /** Removes the body from the queue, and rejects with its reason. */
  readonly signal: AbortSignal;
}

interface Job extends Requester {
  readonly body: CallBody;
  settle(outcome: { readonly text: string } | { readonly error: unknown }): void;
}

/** Long enough for a client that sends one large body after the other. */
const IDLE_MS = 10_000;

/**
 * No body that was tried needed more than 96 MB. One that needs more than this ends the thread, not the
 * program.
 */
const HEAP_MB = 128;

/**
 * Parses bodies on a thread of its own, one at a time, so that the event loop goes on meanwhile. The
 * thread starts with the first body and ends when idle. If it dies, or a body exceeds the deadline,
 * that body is refused and the next one gets another thread.
 */
export class ParserThread {
  readonly #options: ParserThreadOptions;
  readonly #slots: Semaphore;
  readonly #queue = new CallerQueue<Job>();
  #worker: Worker | undefined;
  #active: Job | undefined;
  #deadline: NodeJS.Timeout | undefined;
  #idle: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: ParserThreadOptions) {
    this.#options = options;
    this.#slots = new Semaphore(options.maxBodies);
  }

  /**
   * Resolves with the canonical parameters. Rejects with a {@link Refusal} or the signal's reason. A body
   * whose signal aborts while it is being parsed settles when the parser is done with it.
   */
  async parse(body: CallBody, { caller, signal }: Requester): Promise<string> {
    if (this.#closed) throw Refusal.of('stopping');
    signal.throwIfAborted();
    if (!this.#slots.acquire(caller)) throw Refusal.of('busy', { detail: 'large bodies' });
    try {
      const text = await this.#enqueue(body, { caller, signal });
      signal.throwIfAborted();
      return text;
    } finally {
      this.#slots.release(caller);
    }
  }

  /** Ends the thread. Bodies that are being parsed, or wait, are refused. */
  async close(): Promise<void> {
    this.#closed = true;
    const worker = this.#worker;
    this.#lose(Refusal.of('stopping'));
    for (let job = this.#queue.shift(); job !== undefined; job = this.#queue.shift()) {
      job.settle({ error: Refusal.of('stopping') });
    }
    await worker?.terminate();
  }

  #enqueue(body: CallBody, { caller, signal }: Requester): Promise<string> {
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        if (this.#queue.delete(caller, job)) reject(signal.reason);
      };
      const job: Job = {
        body,
        caller,
        signal,
        settle: (outcome) => {
          signal.removeEventListener('abort', abort);
          if ('text' in outcome) resolve(outcome.text);
          else reject(outcome.error);
        },
      };
      signal.addEventListener('abort', abort, { once: true });
      this.#queue.push(caller, job);
      this.#next();
    });
  }

  /** Gives the thread its next body, or lets it end. */
  #next(): void {
    if (this.#active !== undefined || this.#closed) return;
    clearTimeout(this.#idle);
    const job = this.#queue.shift();
    if (job === undefined) {
      this.#idle = setTimeout(() => this.#end(), this.#options.idleMs ?? IDLE_MS).unref();
      return;
    }
    this.#active = job;
    try {
      this.#worker ??= this.#start();
      // A copy of its own: a view would be sent with all of the memory that it is a view of.
      const bytes = new Uint8Array(job.body.bytes);
      this.#worker.postMessage({ ...job.body, bytes }, [bytes.buffer]);
    } catch (cause) {
      this.#lose(Refusal.of('internal', { cause }));
      return;
    }
    this.#deadline = setTimeout(() => {
      this.#lose(Refusal.of('too_complex', { detail: 'parsing takes too long' }));
    }, this.#options.deadlineMs);
  }

  #start(): Worker {
    const worker = new Worker(this.#options.source(), {
      eval: true,
      name: 'parser',
      env: {},
      execArgv: [],
      // Where this runs as a plugin, the program's stdout belongs to lightningd.
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
    });
    const lost = (refusal: Refusal): void => {
      if (this.#worker === worker) this.#lose(refusal);
    };
    worker.on('message', (outcome: Outcome) => {
      if (this.#worker === worker) this.#done(outcome);
    });
    worker.on('messageerror', (cause) => lost(Refusal.of('internal', { cause })));
    worker.on('error', (cause) => {
      const isFull =
        cause instanceof Error && 'code' in cause && cause.code === 'ERR_WORKER_OUT_OF_MEMORY';
      lost(Refusal.of(isFull ? 'too_complex' : 'internal', { cause }));
    });
    worker.on('exit', (code) => {
      lost(Refusal.of('internal', { cause: new Error(`the parser thread exited: ${code}`) }));
    });
    worker.unref();
    return worker;
  }

  #done(outcome: Outcome): void {
    if ('text' in outcome) this.#settle(outcome);
    else if ('failure' in outcome) {
      this.#settle({ error: Refusal.of('internal', { cause: new Error(outcome.failure) }) });
    } else {
      const { kind, detail } = outcome.refusal;
      this.#settle({ error: Refusal.of(kind, detail === undefined ? {} : { detail }) });
    }
    this.#next();
  }

  /** Gives up the thread, and refuses the body that it had. */
  #lose(refusal: Refusal): void {
    this.#end();
    this.#settle({ error: refusal });
    this.#next();
  }

  #settle(outcome: Parameters<Job['settle']>[0]): void {
    clearTimeout(this.#deadline);
    const job = this.#active;
    this.#active = undefined;
    job?.settle(outcome);
  }

  #end(): void {
    clearTimeout(this.#idle);
    const worker = this.#worker;
    this.#worker = undefined;
    // Also what never returns to its event loop ends so.
    void worker?.terminate();
  }
}
