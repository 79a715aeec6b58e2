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

const NETWORKS = { '--regtest': 'regtest', '--testnet': 'testnet', '--signet': 'signet' };

/**
 * Parses the command line by lightning-cli's rules: options can be anywhere before `--`, a value follows `=` or is the next
 * word, and one-letter options can be joined. A word that lightning-cli would reject as an unknown option is a parameter if
 * it can be a rune.
 *
 * @throws {UsageError}
 */
export function parseCliOptions(argv: readonly string[]): CliOptions {
  const options: { -readonly [K in keyof CliOptions]: CliOptions[K] } = {
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
    switch (name) {
      case '--lightning-dir':
        options.lightningDir = value();
        break;
      case '--network':
        options.network = value();
        break;
      case '--rpc-file':
        options.rpcFile = value();
        break;
      case '--conf':
        options.conf = value();
        break;
      case '--filter':
        options.filter = value();
        break;
      case '--regtest':
      case '--testnet':
      case '--signet':
        options.network = NETWORKS[name];
        break;
      case '--mainnet':
        options.network = 'bitcoin';
        break;
      case '--keywords':
        options.style = 'keywords';
        break;
      case '--order':
        options.style = 'ordered';
        break;
      case '--json':
        options.format = 'json';
        break;
      case '--raw':
        options.format = 'raw';
        break;
      case '--flat':
        options.format = 'flat';
        break;
      case '--human-readable':
        options.format = 'human';
        break;
      case '--help':
        options.help = true;
        break;
      default:
        throw new UsageError(`${redactRunes(word)}: unrecognized option`);
    }
  }

  function short(word: string): void {
    for (let i = 1; i < word.length; i++) {
      switch (word[i]) {
        case 'k':
          options.style = 'keywords';
          break;
        case 'o':
          options.style = 'ordered';
          break;
        case 'J':
          options.format = 'json';
          break;
        case 'R':
          options.format = 'raw';
          break;
        case 'F':
          options.format = 'flat';
          break;
        case 'H':
          options.format = 'human';
          break;
        case 'h':
          options.help = true;
          break;
        case 'l': {
          if (looksLikeRune(word)) throw new UsageError(unrecognized(word, i));
          const value = word.slice(i + 1) || left.shift();
          if (value === undefined) throw new UsageError('-l: requires an argument');
          options.filter = value;
          return;
        }
        default:
          throw new UsageError(unrecognized(word, i));
      }
    }
  }
}

function unrecognized(word: string, at: number): string {
  if (looksLikeRune(word)) return 'a rune that begins like an option must follow --';
  return `-${word[at] ?? ''}: unrecognized option`;
}
