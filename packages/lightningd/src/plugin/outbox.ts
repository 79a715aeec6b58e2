import type { Writable } from 'node:stream';
import { encodeJson } from '../json/encode.ts';
import { INTERNAL_ERROR } from '../rpc/error-codes.ts';
import type { RpcError } from '../rpc/errors.ts';
import type { LogLevel } from './declarations.ts';

const LEVELS: ReadonlySet<string> = new Set<LogLevel>([
  'trace',
  'debug',
  'info',
  'unusual',
  'warn',
  'broken',
  'error',
]);

/** An error may be its own cause. */
const MAX_CAUSES = 5;

/**
 * Characters that lightningd's log would show as an escape, along with every other escape of the
 * same message. Tabs are fine and newlines are cut at.
 */
// oxlint-disable-next-line no-control-regex
const UNPRINTABLE = /[\0-\x08\x0b-\x1f\x7f]/g;

/** Writes what a plugin says to lightningd. Nothing else may get onto that stream. */
export class Outbox {
  #stdout: Writable | undefined;
  #early: string[] = [];
  #traceKnown = false;
  #broken = false;

  /** From now on, and with what was said before. */
  open(stdout: Writable, lightningdVersion: string | undefined): void {
    this.#stdout = stdout;
    this.#traceKnown = knowsTrace(lightningdVersion);
    for (const text of this.#early) this.#write(text);
    this.#early = [];
  }

  /** Nobody reads any more. */
  abandon(): void {
    this.#broken = true;
  }

  /** Throws a TypeError if the result has no JSON text; nothing is written then. */
  result(idText: string, result: unknown): void {
    this.#write(`{"jsonrpc":"2.0","id":${idText},"result":${encodeJson(result)}}`);
  }

  error(idText: string, error: RpcError): void {
    this.#write(`{"jsonrpc":"2.0","id":${idText},"error":${errorText(error)}}`);
  }

  /** Throws a TypeError if the parameters have no JSON text. */
  notification(method: string, paramsText: string): void {
    this.#write(`{"jsonrpc":"2.0","method":${JSON.stringify(method)},"params":${paramsText}}`);
  }

  /** One notification for each line; lightningd would cut at newlines, but not in every message. */
  log(level: LogLevel, message: string): void {
    const lines = message.split(/\r?\n/);
    while (lines.length > 1 && lines.at(-1) === '') lines.pop();
    for (const line of lines) {
      const params = { level: this.#known(level), message: line.replace(UNPRINTABLE, '?') };
      this.notification('log', JSON.stringify(params));
    }
  }

  /**
   * Logs what failed and why in one line at this level. Where it happened is for developers: the
   * stack is logged at debug, since lightningd makes a `warning` notification of every line above.
   */
  failure(level: LogLevel, what: string, error: unknown, causes = MAX_CAUSES): void {
    if (!(error instanceof Error)) {
      this.log(level, `${what}: ${String(error)}`);
      return;
    }
    this.log(level, `${what}: ${error.name}: ${error.message}`.replaceAll('\n', ' '));
    const frames = error.stack?.split('\n').filter((line) => /^ {4}at /.test(line)) ?? [];
    if (frames.length > 0) this.log('debug', frames.join('\n'));
    if (error.cause !== undefined && causes > 0) {
      this.failure('debug', '  because', error.cause, causes - 1);
    }
  }

  /** Resolves when all is written, or cannot be, or after the time given. */
  async flush(timeoutMs: number): Promise<void> {
    const stdout = this.#stdout;
    if (stdout === undefined || this.#broken) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, timeoutMs);
      stdout.write('', () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  /** lightningd kills a plugin for a level that it does not know. */
  #known(level: LogLevel): LogLevel {
    if (!LEVELS.has(level)) return 'info';
    return level === 'trace' && !this.#traceKnown ? 'debug' : level;
  }

  #write(text: string): void {
    if (this.#broken) return;
    // lightningd needs no terminator; the blank line is for people who read along.
    if (this.#stdout === undefined) this.#early.push(text);
    else this.#stdout.write(`${text}\n\n`);
  }
}

function errorText(error: RpcError): string {
  const code = Number.isSafeInteger(error.code) ? error.code : INTERNAL_ERROR;
  const head = `{"code":${code},"message":${JSON.stringify(error.message)}`;
  const data = dataText(error);
  return data === undefined ? `${head}}` : `${head},"data":${data}}`;
}

/** Data that has no JSON text is left out: the code and message must arrive all the same. */
function dataText({ data, dataText }: RpcError): string | undefined {
  if (dataText !== undefined || data === undefined) return dataText;
  try {
    return encodeJson(data);
  } catch {
    return undefined;
  }
}

/** The level came with v24.08. */
function knowsTrace(version: string | undefined): boolean {
  const [, year, month] = /^v?(\d\d)\.(\d\d)/.exec(version ?? '') ?? [];
  return Number(year) * 100 + Number(month) >= 24_08;
}
