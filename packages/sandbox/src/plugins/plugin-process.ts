import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { FrameScanner, type Frame } from '../json/frame-scanner.ts';
import { JsonSyntaxError } from '../json/syntax-error.ts';
import { PluginFault } from './fault.ts';

/** What a plugin's process does. */
interface ProcessEvents {
  onFrame(frame: Frame): void;
  /** A line on its standard error. */
  onErrorLine(line: string): void;
  /** It could not be started, wrote nonsense, or does not read. */
  onFault(fault: PluginFault): void;
  /** It has exited, or closed its standard output, which comes to the same. */
  onEnd(): void;
}

interface ProcessSettings {
  readonly path: string;
  readonly args: readonly string[];
  readonly directory: string;
  readonly environment: NodeJS.ProcessEnv;
}

/** A plugin's answer may be as long as a Buffer can be; beyond that it can't be passed on. */
const LONGEST_FRAME = 2 ** 31;
/** A plugin that leaves this much unread is not coming back; lightningd would buffer for ever. */
const MOST_UNREAD = 512 * 1024 * 1024;
const LONGEST_ECHO = 1000;
/** How long output that a process left in its pipe may take to arrive. */
const DRAIN_MILLISECONDS = 1000;

const START_FAILURES: Readonly<Record<string, string>> = {
  EACCES: 'Permission denied',
  ENOENT: 'No such file or directory',
  ENOEXEC: 'Exec format error',
  ENOTDIR: 'Not a directory',
};

/** A plugin's process and the pipes to it. */
export class PluginProcess {
  readonly #child: ChildProcess;
  readonly #events: ProcessEvents;
  readonly #scanner = new FrameScanner(LONGEST_FRAME);
  readonly #exited: Promise<void>;
  #ended = false;

  constructor(settings: ProcessSettings, events: ProcessEvents) {
    this.#events = events;
    this.#child = spawn(settings.path, settings.args, {
      cwd: settings.directory,
      env: settings.environment,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.#exited = new Promise((resolve) => {
      this.#child.once('exit', () => resolve());
      this.#child.once('error', () => resolve());
    });
    this.#listen();
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Writes to the plugin's standard input. */
  send(pieces: readonly (string | Buffer)[]): void {
    const { stdin } = this.#child;
    if (stdin === null || stdin.destroyed || this.#ended) return;
    stdin.cork();
    for (const piece of pieces) stdin.write(piece);
    stdin.uncork();
    if (stdin.writableLength > MOST_UNREAD) {
      this.#events.onFault(
        new PluginFault(`does not read its standard input: ${stdin.writableLength} bytes wait`),
      );
    }
  }

  /** Tells it that nothing more will come. */
  endInput(): void {
    this.#child.stdin?.end();
  }

  /** Nothing is heard of it any more, and it gets no say. */
  kill(): void {
    this.#ended = true;
    this.#child.kill('SIGKILL');
    this.#child.stdin?.destroy();
    this.#child.stdout?.destroy();
    this.#child.stderr?.destroy();
  }

  /** Resolves when the process is gone; false if it was not in time. */
  async exited(milliseconds: number): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<false>((resolve) => {
      timer = setTimeout(() => resolve(false), milliseconds);
    });
    const exited = this.#exited.then(() => true as const);
    const result = await Promise.race([exited, late]);
    clearTimeout(timer);
    return result;
  }

  #listen(): void {
    const { stdin, stdout, stderr } = this.#child;
    this.#child.once('error', (error) => this.#failedToStart(error));
    // Written to a plugin that is gone: its end is told of elsewhere.
    stdin?.on('error', () => undefined);
    stdout?.on('error', () => undefined);
    stdout?.on('data', (chunk: Buffer) => this.#receive(chunk));
    stdout?.once('close', () => this.#end());
    this.#child.once('exit', () => {
      // A child of the plugin may keep the pipe open.
      setTimeout(() => this.#end(), DRAIN_MILLISECONDS).unref();
    });
    if (stderr !== null) {
      stderr.on('error', () => undefined);
      createInterface({ input: stderr }).on('line', (line) => this.#events.onErrorLine(line));
    }
  }

  #receive(chunk: Buffer): void {
    let frames: Frame[];
    try {
      frames = this.#scanner.push(chunk);
    } catch (error) {
      if (!(error instanceof JsonSyntaxError)) throw error;
      this.#events.onFault(unreadable(error));
      return;
    }
    for (const frame of frames) {
      if (this.#ended) return;
      this.#events.onFrame(frame);
    }
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#child.kill('SIGKILL');
    this.#events.onEnd();
  }

  #failedToStart(error: Error): void {
    if (this.#ended) return;
    this.#ended = true;
    const code = 'code' in error ? String(error.code) : '';
    this.#events.onFault(new PluginFault(`opening pipe: ${START_FAILURES[code] ?? error.message}`));
  }
}

/** What is wrong with something that a plugin wrote, with the beginning of it. */
export function unreadable({ code, message, text }: JsonSyntaxError): PluginFault {
  const echo = text.length > LONGEST_ECHO ? `${text.slice(0, LONGEST_ECHO)}…` : text;
  switch (code) {
    case 'malformed':
      return new PluginFault(`Failed to parse RPC JSON response '${echo}'`);
    case 'not_json_rpc':
      return new PluginFault(`JSON-RPC message does not contain "jsonrpc" field: '${echo}'`);
    case 'too_long':
      return new PluginFault(message);
  }
}
