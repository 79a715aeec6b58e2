import type { Writable } from 'node:stream';
import { encodeJson } from '@clnrest/json';
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

/** Limits the chain of causes: an error can be its own cause. */
const MAX_CAUSES = 5;

/**
 * Characters that make lightningd escape the whole message in its log. Tabs are harmless, and messages
 * are split at newlines.
 */
// oxlint-disable-next-line no-control-regex
const UNPRINTABLE = /[\0-\x08\x0b-\x1f\x7f]/g;

interface LogParams {
  readonly level: LogLevel;
  readonly message: string;
}

/** Writes a plugin's messages to lightningd. Only these messages are allowed on the stream. */
export class MessageWriter {
  #stdout: Writable | undefined;
  #pending: string[] = [];
  #hasTrace = false;
  #isDiscarding = false;

  /** Opens the stream and writes the messages that arrived before. */
  open(stdout: Writable, lightningdVersion: string | undefined): void {
    this.#stdout = stdout;
    this.#hasTrace = supportsTrace(lightningdVersion);
    for (const text of this.#pending) this.#write(text);
    this.#pending = [];
  }

  /** Returns the log lines that wait for the stream to be opened. */
  waitingLines(): string[] {
    return this.#pending.flatMap((text) => {
      const { method, params } = JSON.parse(text) as { method?: string; params?: LogParams };
      return method === 'log' && params !== undefined ? [params.message] : [];
    });
  }

  /** Discards all further messages: lightningd has ended. */
  discardAll(): void {
    this.#isDiscarding = true;
  }

  /** Throws a TypeError, and writes nothing, if the result has no JSON text. */
  result(idText: string, result: unknown): void {
    this.#write(`{"jsonrpc":"2.0","id":${idText},"result":${encodeJson(result)}}`);
  }

  error(idText: string, error: RpcError): void {
    this.#write(`{"jsonrpc":"2.0","id":${idText},"error":${errorText(error)}}`);
  }

  /** Writes a notification. `paramsText` must be valid JSON. */
  notification(method: string, paramsText: string): void {
    this.#write(`{"jsonrpc":"2.0","method":${JSON.stringify(method)},"params":${paramsText}}`);
  }

  /** Writes one notification for each line; lightningd splits only some messages at newlines. */
  log(level: LogLevel, message: string): void {
    const lines = message.split(/\r?\n/);
    while (lines.length > 1 && lines.at(-1) === '') lines.pop();
    for (const line of lines) {
      const params: LogParams = {
        level: this.#supportedLevel(level),
        message: line.replace(UNPRINTABLE, '?'),
      };
      this.notification('log', JSON.stringify(params));
    }
  }

  /**
   * Logs an error in one line at this level. The stack is logged at level debug, because lightningd
   * sends a `warning` notification for each line at level unusual or broken.
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
      this.failure('debug', '  caused by', error.cause, causes - 1);
    }
  }

  /** Resolves when all messages are written or discarded, or after the time limit. */
  async flush(timeoutMs: number): Promise<void> {
    const stdout = this.#stdout;
    if (stdout === undefined || this.#isDiscarding) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, timeoutMs);
      stdout.write('', () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  /** Replaces an unknown level: lightningd would kill the plugin. */
  #supportedLevel(level: LogLevel): LogLevel {
    if (!LEVELS.has(level)) return 'info';
    return level === 'trace' && !this.#hasTrace ? 'debug' : level;
  }

  #write(text: string): void {
    if (this.#isDiscarding) return;
    // lightningd requires no terminator. The blank line makes a transcript readable.
    if (this.#stdout === undefined) this.#pending.push(text);
    else this.#stdout.write(`${text}\n\n`);
  }
}

function errorText(error: RpcError): string {
  const code = Number.isSafeInteger(error.code) ? error.code : INTERNAL_ERROR;
  const head = `{"code":${code},"message":${JSON.stringify(error.message)}`;
  const data = dataText(error);
  return data === undefined ? `${head}}` : `${head},"data":${data}}`;
}

/** Omits data without a JSON text, so that the code and message arrive anyway. */
function dataText({ data, dataText }: RpcError): string | undefined {
  if (dataText !== undefined || data === undefined) return dataText;
  try {
    return encodeJson(data);
  } catch {
    return undefined;
  }
}

/** lightningd v24.08 added the level. */
function supportsTrace(version: string | undefined): boolean {
  const [, year, month] = /^v?(\d\d)\.(\d\d)/.exec(version ?? '') ?? [];
  return Number(year) * 100 + Number(month) >= 24_08;
}
