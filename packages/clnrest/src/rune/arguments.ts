import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import {
  Master,
  parseRestrictions,
  READONLY,
  Restriction,
  Rune,
  RuneSyntaxError,
} from '@clnrest/runes';
import type { Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';

/** The command line of `clnrest rune …` behind the command's name. */
export class RuneArguments {
  readonly #terminal: Terminal;
  readonly #words: string[];
  readonly #values: ReturnType<typeof parse>['values'];

  /** @throws {UsageError} */
  constructor(argv: readonly string[], terminal: Terminal) {
    this.#terminal = terminal;
    const { values, positionals } = parse(argv);
    this.#values = values;
    this.#words = positionals;
  }

  get help(): boolean {
    return this.#values.help === true;
  }

  /** Whether to print JSON. */
  get json(): boolean {
    return this.#values.json === true || !this.#terminal.isPerson;
  }

  get id(): string {
    const { id = '0' } = this.#values;
    if (!/^(?:0|[1-9][0-9]*)$/.test(id) || BigInt(id) >= 2n ** 63n) {
      throw new UsageError(`--id: a number from 0 to 2^63-1, not '${id}'`);
    }
    return id;
  }

  get method(): string | undefined {
    return this.#values.method;
  }

  get params(): string | undefined {
    return this.#values.params;
  }

  get nodeId(): string | undefined {
    const { nodeid } = this.#values;
    if (nodeid !== undefined && !/^0[23][0-9a-fA-F]{64}$/.test(nodeid)) {
      throw new UsageError(`--nodeid: 66 hex digits that begin with 02 or 03, not '${nodeid}'`);
    }
    return nodeid;
  }

  /** The time of the call in nanoseconds since 1970. */
  get now(): bigint {
    const { time } = this.#values;
    if (time === undefined) return BigInt(Date.now()) * 1_000_000n;
    if (!/^[0-9]{1,18}$/.test(time))
      throw new UsageError(`--time: seconds since 1970, not '${time}'`);
    return BigInt(time) * 1_000_000_000n;
  }

  /** The node's rune secret, from a file, stdin or (seen by all on the machine) the command line. */
  async master(): Promise<Master> {
    const { secret, 'secret-file': file } = this.#values;
    if ((secret === undefined) === (file === undefined)) {
      throw new UsageError('give --secret-file FILE (or --secret HEX), one of them');
    }
    const hex = (secret ?? (await this.#read(file ?? '-'))).trim();
    if (!/^(?:[0-9a-fA-F]{2}){1,55}$/.test(hex)) {
      throw new UsageError('the secret must be hex digits, 64 for a node of Core Lightning');
    }
    return new Master(Uint8Array.from(Buffer.from(hex, 'hex')));
  }

  /** The next word as a rune; `-` reads it from stdin. */
  async rune(): Promise<Rune> {
    const word = this.#words.shift();
    if (word === undefined) throw new UsageError('a rune is missing');
    const text = (word === '-' ? await this.#terminal.input() : word).trim();
    try {
      return /^[0-9a-fA-F]{64}:/.test(text) ? Rune.fromString(text) : Rune.fromBase64(text);
    } catch (error) {
      if (!(error instanceof RuneSyntaxError)) throw error;
      throw new UsageError(`not a rune: ${error.message}`, { cause: error });
    }
  }

  /** The words that are left, as restrictions. */
  restrictions(): Restriction[] {
    return this.#words.splice(0).flatMap((word) => {
      try {
        if (word === 'readonly') return READONLY;
        if (/^\s*[["]/.test(word)) return parseRestrictions(word, 'commando');
        return [Restriction.parse(word)];
      } catch (error) {
        if (!(error instanceof RuneSyntaxError)) throw error;
        throw new UsageError(pointAt(word, error), { cause: error });
      }
    });
  }

  /** @throws {UsageError} where words are left over */
  end(): void {
    const [extra] = this.#words;
    if (extra !== undefined) throw new UsageError(`too many words: '${extra}'`);
  }

  async #read(file: string): Promise<string> {
    if (file === '-') return this.#terminal.input();
    try {
      return await readFile(file, 'utf8');
    } catch (cause) {
      throw new UsageError(`can't read ${file}`, { cause });
    }
  }
}

function parse(argv: readonly string[]) {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        secret: text,
        'secret-file': text,
        id: text,
        method: text,
        params: text,
        nodeid: text,
        time: text,
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** The word, and a caret under the character that is wrong. */
function pointAt(word: string, { message, offset }: RuneSyntaxError): string {
  const caret = offset === undefined ? '' : `\n  ${word}\n  ${' '.repeat(offset)}^`;
  return `not a restriction: ${message}${caret}`;
}
