import { type ChildProcess, spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import type { Duplex, Readable } from 'node:stream';
import { printable } from '../http/printable.ts';
import { exitReason } from './exit-reason.ts';
import { guardProcess } from './guard-process.ts';
import { JsonLines, jsonLine } from './json-lines.ts';
import type {
  FromHttpProcess,
  HttpProcessEvents,
  HttpProcessLink,
  StartHttpProcess,
} from './messages.ts';
import { OutputLines } from './output-lines.ts';

/** The command line of the HTTP process. */
export interface HttpProgram {
  readonly file: string;
  readonly args: readonly string[];
  /** The descriptor of the program's file, which the process inherits as descriptor 4. */
  readonly descriptor?: number | undefined;
  /** The environment; by default that of this process. */
  readonly env?: NodeJS.ProcessEnv;
}

/** The argument that makes the program run as the HTTP process. */
export const HTTP_PROCESS_ARGUMENT = '--http-process';

/**
 * The heap of the HTTP process in MiB. Its bounded queues take at most some 100 MiB of it. What clients
 * send and what they leave unread is outside the heap, within other limits. Without a limit, V8
 * takes up to half of the machine's memory, which the node needs.
 */
const HEAP_MIB = 512;
/** Bytes of one message from the HTTP process. */
const MAX_MESSAGE_BYTES = 1024 * 1024;
/** Printed lines of one process that are logged. */
const MAX_LOGGED_LINES = 100;
/** The last lines of stderr, which give the reason when a process ends. */
const MAX_LAST_LINES = 40;
/** Variables that are not options of the gateway. */
const KEPT = /^CLNREST_(?:NODE|TEST_.*)$/;
/** Time for the last output of a process that has ended. */
const OUTPUT_DRAIN_MS = 100;

/**
 * The descriptor of this program's file, which the launcher of a plugin opened. An HTTP process that starts
 * later must have the same version, even if the file has been replaced.
 */
declare const programFile: number | undefined;

/** The command line that runs this program as the HTTP process. */
export function ownHttpProgram(): HttpProgram {
  const [, script = '', ...args] = process.argv;
  return httpProgram(
    script,
    args,
    typeof programFile === 'number' ? programFile : openProgram(script),
  );
}

/**
 * The command line that runs a plugin's file as the HTTP process. The process does not get the options in the environment,
 * which can contain secrets.
 */
export function httpProgram(
  script: string,
  args: readonly string[] = [],
  descriptor = openProgram(script),
): HttpProgram {
  // The debugger of this process already uses the port.
  const options = process.execArgv.filter((option) => !option.startsWith('--inspect'));
  return {
    file: process.execPath,
    descriptor,
    env: withoutOptions(process.env),
    args: [
      ...options,
      `--max-old-space-size=${HEAP_MIB}`,
      '--',
      script,
      ...args,
      HTTP_PROCESS_ARGUMENT,
    ],
  };
}

function withoutOptions(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !name.startsWith('CLNREST_') || KEPT.test(name)),
  );
}

function openProgram(file: string): number | undefined {
  try {
    return openSync(file, 'r');
  } catch {
    // Node also accepts names that are not file names. Only the launcher of a plugin needs the descriptor.
    return undefined;
  }
}

/** Returns a function that starts the HTTP process as a child process. */
export function httpProcessStarter(program: HttpProgram): StartHttpProcess {
  return (events) => new HttpProcess(program, events);
}

class HttpProcess implements HttpProcessLink {
  readonly #events: HttpProcessEvents;
  readonly #child: ChildProcess;
  /** `undefined` if the process could not be started. */
  readonly #channel: Duplex | undefined;
  readonly #lastLines: string[] = [];
  #loggedLines = 0;
  #hasEnded = false;
  /** Why the plugin process ended it. */
  #reason: string | undefined;

  constructor(
    { file, args, descriptor, env = process.env }: HttpProgram,
    events: HttpProcessEvents,
  ) {
    this.#events = events;
    // Descriptor 3 is a socket for messages in both directions.
    const child = spawn(file, args, {
      env,
      stdio: ['ignore', 'pipe', 'pipe', 'pipe', descriptor ?? 'ignore'],
    });
    this.#child = child;
    this.#channel = child.stdio[3] as Duplex | undefined;
    this.#listen(child);
    this.#readChannel();
    this.#readOutput(child.stdout, (line) => this.#log(line));
    this.#readOutput(child.stderr, (line) => {
      this.#lastLines.push(line);
      if (this.#lastLines.length > MAX_LAST_LINES) this.#lastLines.shift();
      this.#log(line);
    });
  }

  get unsent(): number {
    return this.#channel?.writableLength ?? 0;
  }

  send(message: Parameters<HttpProcessLink['send']>[0]): void {
    if (this.#channel?.writable === true) this.#channel.write(jsonLine(message));
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  #listen(child: ChildProcess): void {
    const stopGuard = child.pid === undefined ? () => undefined : guardProcess(child.pid);
    child.once('error', (error) => {
      this.#reason ??= printable(error.message);
      if (child.pid === undefined) this.#end(null, null);
    });
    child.once('exit', (code, signal) => {
      stopGuard();
      // If another process holds its stdout, `close` is not emitted.
      const timer = setTimeout(() => this.#end(code, signal), OUTPUT_DRAIN_MS);
      child.once('close', () => {
        clearTimeout(timer);
        this.#end(code, signal);
      });
    });
  }

  #readChannel(): void {
    const lines = new JsonLines(MAX_MESSAGE_BYTES);
    const channel = this.#channel;
    channel?.on('error', () => undefined);
    channel?.on('drain', () => this.#events.drained());
    channel?.on('data', (piece: Buffer) => {
      if (this.#hasEnded || this.#reason !== undefined) return;
      try {
        for (const message of lines.push(piece)) this.#events.message(message as FromHttpProcess);
      } catch (error) {
        this.#reason = `its messages cannot be read: ${printable(String(error))}`;
        this.kill();
      }
    });
  }

  #readOutput(stream: Readable | null, onLine: (line: string) => void): void {
    const lines = new OutputLines(onLine);
    stream?.on('error', () => undefined);
    stream?.on('data', (piece: Buffer) => lines.push(piece));
    stream?.on('end', () => lines.end());
  }

  /** Logs a line that the process, or a library in it, printed. */
  #log(line: string): void {
    if (this.#hasEnded || ++this.#loggedLines > MAX_LOGGED_LINES) return;
    const isLast = this.#loggedLines === MAX_LOGGED_LINES;
    const message = isLast
      ? 'the REST server prints more lines, which are not logged'
      : printable(line);
    this.#events.message({ type: 'log', level: 'debug', message });
  }

  #end(code: number | null, signal: NodeJS.Signals | null): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#channel?.destroy();
    this.#events.ended(this.#reason ?? exitReason({ code, signal, errors: this.#lastLines }));
  }
}
