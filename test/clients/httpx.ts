import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { onTestFinished, type TestContext } from 'vitest';
import { TestProcess } from '../support/process.ts';
import { findProgram } from '../support/programs.ts';

const SCRIPT = fileURLToPath(new URL('httpx-request.py', import.meta.url));
/** Debian's, for which its modules are. */
const PYTHON = '/usr/bin/python3';

/** A request as Python's httpx shall make it; see the script. */
export interface HttpxRequest {
  readonly url: string;
  readonly ca: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly form?: Readonly<Record<string, string | number | null>>;
  readonly anyName?: boolean;
  readonly strict?: boolean;
}

/** Skips the test by name where Python has no httpx. */
export function needHttpx(context: TestContext): void {
  if (findProgram('python3') === undefined) context.skip('this machine has no python3');
  try {
    execFileSync(PYTHON, ['-c', 'import httpx'], { stdio: 'ignore' });
  } catch {
    context.skip(`${PYTHON} has no python3-httpx`);
  }
}

/** A request under way in httpx, of which each line can be awaited. */
export class Httpx {
  readonly #process: TestProcess;

  constructor(request: HttpxRequest) {
    this.#process = new TestProcess(PYTHON, [SCRIPT, JSON.stringify(request)]);
    onTestFinished(async () => void (await this.#process.stop()));
  }

  /** The status, as soon as an answer begins; @throws where none does, with the reason. */
  async status(): Promise<number> {
    return Number((await this.#process.line(/^status ([0-9]+)$/))[1]);
  }

  /** The first line that it reads, as JSON. */
  async line(): Promise<unknown> {
    return JSON.parse((await this.#process.line(/^line (.*)$/))[1] ?? '') as unknown;
  }

  /** Why there was no answer. */
  async error(): Promise<string> {
    return (await this.#process.line(/^error (.*)$/))[1] ?? '';
  }
}
