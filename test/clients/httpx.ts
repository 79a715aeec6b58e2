import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { onTestFinished, type TestContext } from 'vitest';
import { findProgram } from '@clnrest/testing/programs';
import { TestProcess } from '../support/process.ts';

const SCRIPT = fileURLToPath(new URL('httpx-request.py', import.meta.url));
/** Debian's Python, which can import Debian's packages. */
const PYTHON = '/usr/bin/python3';

/** A request for Python's httpx; see httpx-request.py. */
export interface HttpxRequest {
  readonly url: string;
  readonly ca: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly form?: Readonly<Record<string, string | number | null>>;
  readonly anyName?: boolean;
  readonly strict?: boolean;
}

/** Skips the test if Python has no httpx. */
export function needHttpx(context: TestContext): void {
  if (findProgram('python3') === undefined) context.skip('this machine has no python3');
  try {
    execFileSync(PYTHON, ['-c', 'import httpx'], { stdio: 'ignore' });
  } catch {
    context.skip(`${PYTHON} has no python3-httpx`);
  }
}

/** A pending request of httpx, whose lines can be awaited one by one. */
export class Httpx {
  readonly #process: TestProcess;

  constructor(request: HttpxRequest) {
    this.#process = new TestProcess(PYTHON, [SCRIPT, JSON.stringify(request)]);
    onTestFinished(async () => void (await this.#process.stop()));
  }

  /** Resolves with the status when the response starts. @throws the reason if none arrives */
  async status(): Promise<number> {
    return Number((await this.#process.line(/^status ([0-9]+)$/))[1]);
  }

  /** Resolves with the first line, parsed as JSON. */
  async line(): Promise<unknown> {
    return JSON.parse((await this.#process.line(/^line (.*)$/))[1] ?? '') as unknown;
  }

  /** The reason for a missing response. */
  async error(): Promise<string> {
    return (await this.#process.line(/^error (.*)$/))[1] ?? '';
  }
}
