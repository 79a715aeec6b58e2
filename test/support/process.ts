import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A child process whose output lines a test can wait for. */
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
      // A separate process group: npm and shells do not always forward a signal.
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

  /** Waits for a line. @throws with the whole output if the process ends without it */
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

  /** Signals the process group and waits for the end of the process. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    const { pid } = this.child;
    if (!this.#hasExited && pid !== undefined) {
      try {
        process.kill(-pid, signal);
      } catch (error) {
        // The group has already ended.
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
