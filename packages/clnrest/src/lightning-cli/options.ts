import { CLI } from '../command-table/client-commands.ts';
import { suggest } from '../command-table/suggest.ts';
import { looksLikeRune, redactRunes } from '../rune-redaction.ts';
import { UsageError } from '../usage-error.ts';
import type { Format } from './format.ts';
import type { ParameterStyle } from './parameters.ts';

/** The command line of `clnrest cli`. */
export interface CliOptions {
  readonly lightningDir: string | undefined;
  readonly network: string | undefined;
  readonly rpcFile: string | undefined;
  readonly conf: string | undefined;
  readonly style: ParameterStyle;
  readonly format: Exclude<Format, 'help-list'> | undefined;
  /** lightningd's reply filter, JSON text. */
  readonly filter: string | undefined;
  readonly help: boolean;
  /** The method and its parameters. */
  readonly words: readonly string[];
}

/**
 * Matches words that lightning-cli reads as joined options: flags, optionally followed by an option that takes the rest of
 * the word (-l, -N, -c) or ends the command (-h, -V).
 */
const JOINED = /^-[koJRFH]*(?:[lNchV]|$)/;

type OptionName = keyof typeof CLI.options;
type Parsed = { -readonly [K in keyof CliOptions]: CliOptions[K] };

/** What each option of the table does. Reading the value takes it from the command line. */
const EFFECTS: Readonly<Record<OptionName, (options: Parsed, value: () => string) => void>> = {
  'lightning-dir': (options, value) => (options.lightningDir = value()),
  network: (options, value) => (options.network = value()),
  regtest: (options) => (options.network = 'regtest'),
  testnet: (options) => (options.network = 'testnet'),
  signet: (options) => (options.network = 'signet'),
  mainnet: (options) => (options.network = 'bitcoin'),
  'rpc-file': (options, value) => (options.rpcFile = value()),
  conf: (options, value) => (options.conf = value()),
  keywords: (options) => (options.style = 'keywords'),
  order: (options) => (options.style = 'ordered'),
  json: (options) => (options.format = 'json'),
  raw: (options) => (options.format = 'raw'),
  flat: (options) => (options.format = 'flat'),
  'human-readable': (options) => (options.format = 'human'),
  filter: (options, value) => (options.filter = value()),
  help: (options) => (options.help = true),
};

const OPTION_BY_LETTER: ReadonlyMap<string, OptionName> = new Map(
  (Object.keys(CLI.options) as OptionName[]).flatMap((name) => {
    const option = CLI.options[name];
    return 'short' in option ? [[option.short, name] as const] : [];
  }),
);

/**
 * Parses the command line by lightning-cli's rules: options can be anywhere before `--`, a value follows `=` or is the next
 * word, and one-letter options can be joined. A word that lightning-cli would reject as an unknown option is a parameter if
 * it can be a rune.
 *
 * @throws {UsageError}
 */
export function parseCliOptions(argv: readonly string[]): CliOptions {
  const options: Parsed = {
    lightningDir: undefined,
    network: undefined,
    rpcFile: undefined,
    conf: undefined,
    style: 'auto',
    format: undefined,
    filter: undefined,
    help: false,
    words: [],
  };
  const words: string[] = [];
  const left = [...argv];

  for (let word = left.shift(); word !== undefined; word = left.shift()) {
    if (word === '--') {
      words.push(...left);
      break;
    }
    if (looksLikeRune(word) && !JOINED.test(word)) {
      words.push(word);
    } else if (word.startsWith('--')) {
      long(word);
    } else if (word.startsWith('-') && word.length > 1) {
      short(word);
    } else {
      words.push(word);
    }
  }
  return { ...options, words };

  function long(word: string): void {
    const [name = '', ...rest] = word.split('=');
    const value = (): string => {
      const given = rest.length > 0 ? rest.join('=') : left.shift();
      if (given === undefined) throw new UsageError(`${name}: requires an argument`);
      return given;
    };
    const option = name.slice(2);
    if (!Object.hasOwn(CLI.options, option)) throw new UsageError(unknownOption(word));
    EFFECTS[option as OptionName](options, value);
  }

  function short(word: string): void {
    for (let i = 1; i < word.length; i++) {
      const option = OPTION_BY_LETTER.get(word[i] ?? '');
      if (option === undefined) throw new UsageError(unrecognized(word, i));
      const takesValue = 'value' in CLI.options[option];
      if (takesValue && looksLikeRune(word)) throw new UsageError(unrecognized(word, i));
      EFFECTS[option](options, () => {
        const value = word.slice(i + 1) || left.shift();
        if (value === undefined) throw new UsageError(`-${word[i]}: requires an argument`);
        return value;
      });
      if (takesValue) return;
    }
  }
}

function unknownOption(word: string): string {
  const similar = suggest(word.slice(2).split('=')[0] ?? '', Object.keys(CLI.options));
  const hint = similar === undefined ? '' : `; did you mean --${similar}?`;
  return `${redactRunes(word)}: unrecognized option${hint}`;
}

function unrecognized(word: string, at: number): string {
  if (looksLikeRune(word)) return 'a rune that begins like an option must follow --';
  return `-${word[at] ?? ''}: unrecognized option`;
}
