import type { ConnectionOptions } from '../call/options.ts';
import { DOCTOR } from '../command-table/client-commands.ts';
import { parseOptions } from '../command-table/parse-options.ts';
import { parseCommandLine } from '../command-line.ts';
import { UsageError } from '../usage-error.ts';

/** The command line of `clnrest doctor`. */
export interface DoctorArguments {
  readonly connection: ConnectionOptions;
  readonly identityFile: string | undefined;
  readonly origin: string | undefined;
  readonly timeoutMs: number;
  readonly json: boolean;
  readonly help: boolean;
}

const DEFAULT_SECONDS = '10';
const MAX_SECONDS = 600;

/**
 * Parses the command line. Errors quote nothing of it, because any word can contain a rune.
 *
 * @throws {UsageError}
 */
export function parseDoctorArguments(argv: readonly string[]): DoctorArguments {
  const { values, positionals } = parseCommandLine(
    {
      args: argv,
      allowPositionals: true,
      options: parseOptions(DOCTOR.options),
    },
    'an option is unknown or lacks its value; see clnrest doctor --help',
  );
  const [word, ...more] = positionals;
  if (more.length > 0 || (word !== undefined && values.url !== undefined)) {
    throw new UsageError('too many arguments: give one URL or pairing link');
  }
  const { url = word, rune, ca, origin } = values;
  return {
    connection: { url, rune, runeFile: values['rune-file'], ca, pace: false },
    identityFile: values['identity-file'],
    origin,
    timeoutMs: parseTimeout(values.timeout ?? DEFAULT_SECONDS),
    json: values.json === true,
    help: values.help === true,
  };
}

function parseTimeout(text: string): number {
  const seconds = /^[0-9]{1,3}(?:\.[0-9]{1,3})?$/.test(text) ? Number(text) : 0;
  if (seconds <= 0 || seconds > MAX_SECONDS) {
    throw new UsageError(
      `invalid --timeout: give seconds greater than 0 and at most ${MAX_SECONDS}`,
    );
  }
  return seconds * 1_000;
}
