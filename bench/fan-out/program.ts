import { type ChildProcess, fork } from 'node:child_process';

/** What the parts of this benchmark tell each other: each is a process, so that none slows another. */
export type Said =
  | { readonly port: number }
  | { readonly connected: number }
  /** A round was heard by all, or was told, at this time in nanoseconds, the same clock for all. */
  | { readonly round: number; readonly at: string }
  | { readonly memory: number };

/** One part, and the questions that can be put to it. */
export class Program {
  readonly #child: ChildProcess;
  readonly #said: Said[] = [];
  #changed: () => void = () => undefined;

  /** Starts a file of this folder. */
  constructor(name: string, ...args: readonly string[]) {
    // npm runs its scripts in the root of the repository.
    this.#child = fork('scripts/run.mjs', [`bench/fan-out/${name}.ts`, ...args], {
      execArgv: ['--expose-gc'],
    });
    this.#child.on('message', (said: Said) => {
      this.#said.push(said);
      this.#changed();
    });
    this.#child.once('exit', (status) => {
      if (status !== 0 && status !== null) throw new Error(`${name} ended with ${status}`);
    });
  }

  /** Asks, and resolves with the first answer that is one. */
  async ask<T extends Said>(question: object, isAnswer: (said: Said) => said is T): Promise<T> {
    this.#child.send(question);
    return this.hear(isAnswer);
  }

  async hear<T extends Said>(isWanted: (said: Said) => said is T): Promise<T> {
    for (;;) {
      const index = this.#said.findIndex(isWanted);
      if (index >= 0) return this.#said.splice(index, 1)[0] as T;
      await new Promise<void>((resolve) => (this.#changed = resolve));
    }
  }

  end(): void {
    this.#child.disconnect();
  }
}

/** Serves the questions of whoever started this process, until they are gone. */
export function answer(questions: (question: Record<string, unknown>) => void): void {
  process.on('message', (question) => questions(question as Record<string, unknown>));
  process.on('disconnect', () => process.exit(0));
}

export function say(said: Said): void {
  process.send?.(said);
}

/** Says how much memory this process has, without what only waits to be collected. */
export function sayMemory(): void {
  globalThis.gc?.();
  say({ memory: process.memoryUsage.rss() });
}

/** The time, on a clock that all processes of a machine share. */
export function now(): string {
  return process.hrtime.bigint().toString();
}

/** What is told in a round. */
export function told(round: number): string {
  return `{"bench":{"round":${round},"filler":"${'x'.repeat(300)}"}}`;
}

/** By what a listener knows the round. */
export function markOf(round: number): string {
  return `"round":${round},`;
}
