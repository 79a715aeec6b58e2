import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { SandboxError } from '../sandbox-error.ts';
import type { FailureReport, RunRequest, StartReport } from './messages.ts';

/** The same path from this file and from the published one. */
const PROGRAM = fileURLToPath(new URL('../../dist/program/main.js', import.meta.url));

/** lightningd gives a plugin 30 seconds to end. */
const STOP_TIMEOUT_MS = 40_000;

/** The process of a node, which does not keep this process running. */
export class NodeProcess {
  /** Resolves when the node runs. Rejects with a SandboxError if it cannot. */
  readonly report: Promise<StartReport>;
  /** Resolves when the process has ended. */
  readonly ended: Promise<void>;
  readonly #child: ChildProcess;

  constructor(request: RunRequest, env: NodeJS.ProcessEnv) {
    const child = spawn(process.execPath, [PROGRAM, JSON.stringify(request)], {
      // The node stops when its standard input closes: the system closes it even if this process is killed.
      stdio: ['pipe', 'pipe', 'inherit'],
      env,
    });
    this.#child = child;
    this.ended = once(child, 'close').then(() => undefined);
    this.report = this.#readReport();
    this.report.catch(() => undefined);
    this.ended.catch(() => undefined);
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  /** Stops the node gracefully, or kills the process if that takes too long. */
  async stop(): Promise<void> {
    const child = this.#child;
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.ref();
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    child.stdin?.end();
    await this.ended.catch(() => undefined);
    clearTimeout(timer);
  }

  async #readReport(): Promise<StartReport> {
    const { stdout, stdin } = this.#child;
    if (stdout === null || stdin === null) throw new Error('the process has no pipes');
    stdin.on('error', () => undefined);
    const line = new Promise<string | undefined>((resolve) => {
      createInterface({ input: stdout })
        .once('line', resolve)
        .once('close', () => resolve(undefined));
    });
    const text = await Promise.race([line, this.ended.then(() => undefined)]);
    if (text === undefined) {
      throw new SandboxError('start_failed', 'the process of the sandbox ended while it started');
    }
    const message = JSON.parse(text) as StartReport | FailureReport;
    if ('failure' in message) {
      throw new SandboxError(message.failure.code, message.failure.message);
    }
    this.#child.unref();
    // These are sockets, although their types do not say so.
    for (const pipe of [stdout, stdin]) (pipe as unknown as Socket).unref();
    return message;
  }
}
