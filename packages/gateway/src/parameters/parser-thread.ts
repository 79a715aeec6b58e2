import { Worker } from 'node:worker_threads';
import { Semaphore } from '@clnrest/bounds';
import { Refusal } from '../refusals.ts';
import { CallerQueue } from './caller-queue.ts';
import type { CallBody } from './parse-body.ts';
import type { Outcome } from './parser-worker.ts';

/** Options of a {@link ParserThread}. */
export interface ParserThreadOptions {
  /** Returns the program of the thread. Called each time the thread starts. */
  readonly source: () => string;
  /** Maximum number of bodies at once, queued ones included. */
  readonly maxBodies: number;
  /** Time limit for parsing one body. */
  readonly deadlineMs: number;
  /** Idle time after which the thread ends. */
  readonly idleMs?: number;
}

/** The client that sent a body. */
export interface Requester {
  /** Key of the queue that the body waits in. */
  readonly caller: string;
  /** When aborted, removes the body from the queue and rejects with the signal's reason. */
  readonly signal: AbortSignal;
}

interface Job extends Requester {
  readonly body: CallBody;
  settle(outcome: { readonly text: string } | { readonly error: unknown }): void;
}

/** Keeps the thread alive for a client that sends large bodies one after the other. */
const IDLE_MS = 10_000;

/**
 * Heap limit of the thread. No tested body needed more than 96 MB. A body that needs more than the limit
 * ends the thread, not the process.
 */
const HEAP_MB = 128;

/**
 * Parses bodies on a worker thread, one at a time, without blocking the event loop. The thread starts with
 * the first body and ends when idle. If the thread dies or a body exceeds the deadline, the body is refused,
 * and the next body starts another thread.
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
   * Resolves with the canonical parameters. Rejects with a {@link Refusal} or the signal's reason. If the
   * signal aborts during parsing, the promise rejects after the parser has finished with the body.
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

  /** Ends the thread. Refuses the active body and the queued ones. */
  async close(): Promise<void> {
    this.#closed = true;
    const worker = this.#worker;
    this.#abort(Refusal.of('stopping'));
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

  /** Sends the next body to the thread, or starts the idle timer. */
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
      // Copies the bytes: a transferred view would take its whole underlying buffer along.
      const bytes = new Uint8Array(job.body.bytes);
      this.#worker.postMessage({ ...job.body, bytes }, [bytes.buffer]);
    } catch (cause) {
      this.#abort(Refusal.of('internal', { cause }));
      return;
    }
    this.#deadline = setTimeout(() => {
      this.#abort(Refusal.of('too_complex', { detail: 'parsing takes too long' }));
    }, this.#options.deadlineMs);
  }

  #start(): Worker {
    const worker = new Worker(this.#options.source(), {
      eval: true,
      name: 'parser',
      env: {},
      execArgv: [],
      // Keeps the thread's output from stdout, on which a plugin speaks with lightningd.
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
    });
    const abort = (refusal: Refusal): void => {
      if (this.#worker === worker) this.#abort(refusal);
    };
    worker.on('message', (outcome: Outcome) => {
      if (this.#worker === worker) this.#done(outcome);
    });
    worker.on('messageerror', (cause) => abort(Refusal.of('internal', { cause })));
    worker.on('error', (cause) => {
      const isOutOfMemory =
        cause instanceof Error && 'code' in cause && cause.code === 'ERR_WORKER_OUT_OF_MEMORY';
      abort(Refusal.of(isOutOfMemory ? 'too_complex' : 'internal', { cause }));
    });
    worker.on('exit', (code) => {
      abort(Refusal.of('internal', { cause: new Error(`the parser thread exited: ${code}`) }));
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

  /** Ends the thread and refuses the active body. */
  #abort(refusal: Refusal): void {
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
    // Also ends a thread that is stuck in an endless loop.
    void worker?.terminate();
  }
}
