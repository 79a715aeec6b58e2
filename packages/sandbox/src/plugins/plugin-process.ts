import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { JsonSyntaxError } from '@clnrest/json/tokens';
import { FrameScanner, type Frame } from '../json/frame-scanner.ts';
import { PluginFault } from './fault.ts';

/** Events of a plugin's process. */
interface ProcessEvents {
  onFrame(frame: Frame): void;
  /** The plugin wrote a line to its standard error. */
  onErrorLine(line: string): void;
  /** The process did not start, wrote malformed output, or does not read its input. */
  onFault(fault: PluginFault): void;
  /** The process has exited or closed its standard output. */
  onEnd(): void;
}

interface ProcessSettings {
  readonly path: string;
  readonly args: readonly string[];
  readonly directory: string;
  readonly environment: NodeJS.ProcessEnv;
}

/** Bytes of a message: a Buffer of Node 20 cannot be much larger. */
const MAX_FRAME_BYTES = 2 ** 31;
/** A plugin that leaves more bytes unread is killed. lightningd buffers without limit. */
const MAX_UNREAD_BYTES = 512 * 1024 * 1024;
const MAX_ECHO_LENGTH = 1000;
/** Time for the output that an exited process left in its pipe. */
const DRAIN_MS = 1000;

const START_FAILURES: Readonly<Record<string, string>> = {
  EACCES: 'Permission denied',
  ENOENT: 'No such file or directory',
  ENOEXEC: 'Exec format error',
  ENOTDIR: 'Not a directory',
};

/** A plugin's process and its pipes. */
export class PluginProcess {
  readonly #child: ChildProcess;
  readonly #events: ProcessEvents;
  readonly #scanner = new FrameScanner(MAX_FRAME_BYTES);
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
    if (stdin.writableLength > MAX_UNREAD_BYTES) {
      this.#events.onFault(
        new PluginFault(
          `does not read its standard input: ${stdin.writableLength} bytes are unread`,
        ),
      );
    }
  }

  /** Closes the plugin's standard input. */
  endInput(): void {
    this.#child.stdin?.end();
  }

  /** Kills the process. No events follow. */
  kill(): void {
    this.#ended = true;
    this.#child.kill('SIGKILL');
    this.#child.stdin?.destroy();
    this.#child.stdout?.destroy();
    this.#child.stderr?.destroy();
  }

  /** Resolves with true when the process has exited, or with false after the timeout. */
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
    // Writes to an exited plugin fail; `onEnd` reports the exit.
    stdin?.on('error', () => undefined);
    stdout?.on('error', () => undefined);
    stdout?.on('data', (chunk: Buffer) => this.#receive(chunk));
    stdout?.once('close', () => this.#end());
    this.#child.once('exit', () => {
      // A child process of the plugin can keep the pipe open.
      setTimeout(() => this.#end(), DRAIN_MS).unref();
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
      this.#events.onFault(syntaxFault(error));
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

/** The fault for a malformed message, with the start of the message. */
export function syntaxFault({ code, message, text }: JsonSyntaxError): PluginFault {
  const echo = text.length > MAX_ECHO_LENGTH ? `${text.slice(0, MAX_ECHO_LENGTH)}…` : text;
  switch (code) {
    case 'malformed':
      return new PluginFault(`Failed to parse RPC JSON response '${echo}'`);
    case 'not_json_rpc':
      return new PluginFault(`JSON-RPC message does not contain "jsonrpc" field: '${echo}'`);
    case 'too_long':
      return new PluginFault(message);
  }
}
