import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A process that a test started, whose lines it can wait for, and which does not outlive it. */
export class TestProcess {
  readonly child: ChildProcess;
  /** All lines of stdout and stderr so far. */
  readonly lines: string[] = [];
  readonly exited: Promise<number | null>;
  readonly #waiting = new Set<() => void>();
  #hasExited = false;

  constructor(program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}, cwd?: string) {
    this.child = spawn(program, args, {
      cwd,
      // A group of its own: npm and shells do not always pass a signal on.
      detached: true,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      if (stream === null) continue;
      createInterface({ input: stream }).on('line', (line) => {
        this.lines.push(line);
        this.#wake();
      });
    }
    this.exited = new Promise((resolve) => {
      const end = (code: number | null): void => {
        this.#hasExited = true;
        this.#wake();
        resolve(code);
      };
      this.child.once('close', end);
      this.child.once('error', (error) => {
        this.lines.push(String(error));
        end(null);
      });
    });
  }

  /** Waits for a line; @throws with all that was printed where the process ends without it. */
  async line(pattern: RegExp, from = 0): Promise<RegExpExecArray> {
    for (let seen = from; ;) {
      for (; seen < this.lines.length; seen++) {
        const match = pattern.exec(this.lines[seen] ?? '');
        if (match !== null) return match;
      }
      if (this.#hasExited) throw new Error(`no line ${pattern} in:\n${this.lines.join('\n')}`);
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  /** Ends the process and waits until it is gone. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    const { pid } = this.child;
    if (!this.#hasExited && pid !== undefined) {
      try {
        process.kill(-pid, signal);
      } catch (error) {
        // The group has gone in the meantime.
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
      }
    }
    return this.exited;
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}
