import { format } from 'node:util';
import type { LogLevel } from './declarations.ts';

/** Receives the lines that the program writes to stdout and with `console`. */
export type LineLogger = (level: LogLevel, line: string) => void;

const CONSOLE_LEVELS = {
  trace: 'trace',
  debug: 'debug',
  log: 'info',
  info: 'info',
  warn: 'unusual',
  error: 'broken',
} as const satisfies Record<string, LogLevel>;

/** The loggers of the plugins in this process. The last one receives the output. */
const loggers: LineLogger[] = [];
/** `process.stdout.write` before the guard; undefined while no guard is active. */
let original: typeof process.stdout.write | undefined;
let unfinished = '';
let restore: () => void = () => {};

/** Writes to stdout although the output is guarded: only the protocol may. */
export function writeProtocol(chunk: string, callback: (error?: Error | null) => void): void {
  (original ?? process.stdout.write).call(process.stdout, chunk, 'utf8', callback);
}

/**
 * Redirects stdout and `console` to a log, line by line: other output would break the protocol. Returns a function that
 * ends the redirection.
 */
export function guardOutput(log: LineLogger): () => void {
  if (loggers.push(log) === 1) redirect();
  return () => {
    const index = loggers.lastIndexOf(log);
    if (index === -1) return;
    if (index === loggers.length - 1) logUnfinished();
    loggers.splice(index, 1);
    if (loggers.length === 0) restore();
  };
}

/** Whether the output of this process already goes to a log. */
export function isGuarded(): boolean {
  return original !== undefined;
}

function logLine(level: LogLevel, line: string): void {
  loggers.at(-1)?.(level, line);
}

function logUnfinished(): void {
  if (unfinished !== '') logLine('info', unfinished);
  unfinished = '';
}

/** The message writer handles a broken pipe. An 'error' without a listener would end the program. */
function ignoreError(): void {}

function redirect(): void {
  const { stdout } = process;
  const write = stdout.write;
  original = write;
  stdout.write = (chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
    const text = typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8');
    const lines = (unfinished + text).split('\n');
    unfinished = lines.pop() ?? '';
    for (const line of lines) logLine('info', line);
    const callback = rest.find((argument) => typeof argument === 'function');
    if (callback !== undefined) queueMicrotask(() => void callback());
    return true;
  };
  stdout.off('error', ignoreError).on('error', ignoreError);
  const restoreConsole = redirectConsole();
  restore = () => {
    restoreConsole();
    stdout.write = write;
    original = undefined;
  };
}

/** Redirects `console` at its levels, including what it writes to stderr. */
function redirectConsole(): () => void {
  const target: Record<string, unknown> = globalThis.console as unknown as Record<string, unknown>;
  const originals = Object.keys(CONSOLE_LEVELS).map((name) => [name, target[name]] as const);
  for (const [name, level] of Object.entries(CONSOLE_LEVELS)) {
    target[name] = (...values: unknown[]) => logLine(level, format(...values));
  }
  return () => {
    for (const [name, previous] of originals) target[name] = previous;
  };
}
