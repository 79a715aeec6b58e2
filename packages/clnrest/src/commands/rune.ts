import {
  type Call,
  type Circumstances,
  type DecodedRune,
  decodedRune,
  explainVerdict,
  type Finding,
  inPlainWords,
  lint,
  restrictionInWords,
  type Rune,
  runeRefusal,
  uniqueIdNumber,
} from '@clnrest/runes';
import { readInvoice } from '@clnrest/runes/invoices';
import { printHelp } from '../command-table/help.ts';
import { RUNE_COMMANDS, RUNE_GROUP } from '../command-table/rune-commands.ts';
import { EXIT } from '../exit-status.ts';
import { RuneArguments } from '../rune/arguments.ts';
import { COMMAND_NAMES, COMMAND_PARAMETERS } from '../rune/command-names.ts';
import type { RuneCommandName } from '../rune/options.ts';
import { printable, printableJson } from '../rune/printable.ts';
import type { Terminal } from '../terminal.ts';
import { unknownCommand } from '../unknown-command.ts';
import { UsageError } from '../usage-error.ts';

/** The output of a command, as JSON and as text, with its exit status. */
interface Output {
  readonly json: unknown;
  /** Lines of text, not yet escaped for a terminal. */
  readonly lines: readonly string[];
  /** Lines for stderr, not yet escaped for a terminal. */
  readonly warnings?: readonly string[];
  readonly status: number;
}

const RUN: Readonly<Record<RuneCommandName, (args: RuneArguments) => Promise<Output>>> = {
  create,
  restrict,
  decode,
  explain,
  check,
  lint: lintRune,
};

/** Runs `clnrest rune`, which works with runes offline. */
export async function runeCommand(argv: readonly string[], terminal: Terminal): Promise<number> {
  const [name = '--help', ...rest] = argv;
  if (['help', '--help', '-h'].includes(name)) {
    printHelp('clnrest rune', RUNE_GROUP, terminal);
    return EXIT.ok;
  }
  const entry = RUNE_COMMANDS.find((command) => command.name === name);
  if (entry === undefined) throw new UsageError(unknownCommand('rune', name, RUNE_COMMANDS));
  const args = new RuneArguments(rest, terminal, entry.name);
  if (args.help) {
    printHelp(`clnrest rune ${entry.name}`, entry, terminal);
    return EXIT.ok;
  }
  const { json, lines, warnings = [], status } = await RUN[entry.name](args);
  for (const line of warnings) terminal.error(`${printable(line)}\n`);
  terminal.out(`${args.json ? printableJson(json) : lines.map(printable).join('\n')}\n`);
  return status;
}

async function create(args: RuneArguments): Promise<Output> {
  const master = await args.master();
  const rune = master.create(args.id, args.restrictions());
  return newRuneOutput(rune, args);
}

async function restrict(args: RuneArguments): Promise<Output> {
  const rune = await args.rune();
  const restrictions = args.restrictions();
  if (restrictions.length === 0) throw new UsageError('RESTRICTION is missing');
  return newRuneOutput(rune.restrictAll(restrictions), args);
}

/** On stdout is only the rune, so that pipes and files get nothing else. */
function newRuneOutput(rune: Rune, args: RuneArguments): Output {
  const warning =
    'WARNING: This rune has no restrictions: anyone who has it can spend all funds of the node.';
  const json = {
    rune: rune.toBase64(),
    ...(rune.uniqueId === undefined ? {} : { unique_id: rune.uniqueId }),
    ...(rune.restrictions.length === 0 ? { warning_unrestricted_rune: warning } : {}),
  };
  return {
    json,
    lines: [json.rune],
    warnings: findingLines(rune, findingsOf(rune, args)),
    status: 0,
  };
}

async function decode(args: RuneArguments): Promise<Output> {
  const rune = await args.rune();
  args.expectEnd();
  const json = decodedRune(rune, args.now / 1_000_000_000n);
  return { json, lines: decodedLines(json), status: json.valid ? 0 : 1 };
}

async function explain(args: RuneArguments): Promise<Output> {
  const rune = await args.rune();
  args.expectEnd();
  const seconds = args.now / 1_000_000_000n;
  if (args.method === undefined) {
    const other = args.params ?? args.nodeId ?? args.lastUsed;
    if (other !== undefined)
      throw new UsageError('--method is missing: the other options describe its call');
    const restrictions = rune.restrictions.length === 0 ? [] : inPlainWords(rune, seconds);
    const json = { unique_id: rune.uniqueId, restrictions };
    return { json, lines: describe(rune, seconds), status: 0 };
  }
  const verdict = explainVerdict(rune, callOf(args), circumstancesOf(args));
  const json = {
    allowed: verdict.allowed,
    restrictions: verdict.restrictions.map(({ restriction, passed, alternatives }) => ({
      restriction: restrictionInWords(restriction, seconds, rune.uniqueId),
      passed,
      alternatives: alternatives.map(({ alternative, reason, ...rest }) => ({
        alternative: String(alternative),
        passed: rest.passed,
        ...(reason === undefined ? {} : { reason }),
      })),
    })),
  };
  const lines = json.restrictions.flatMap(({ restriction, passed, alternatives }) => [
    `${passed ? 'pass' : 'FAIL'}  ${restriction}`,
    ...(passed ? [] : alternatives.map(({ reason }) => `        ${reason ?? ''}`)),
  ]);
  const conclusion = verdict.allowed
    ? 'The restrictions allow this call. Only the node, or rune check, can verify that the rune is genuine.'
    : 'The restrictions refuse this call.';
  return { json, lines: [...lines, conclusion], status: verdict.allowed ? 0 : 1 };
}

async function check(args: RuneArguments): Promise<Output> {
  if (args.method === undefined)
    throw new UsageError('--method is missing: give the command to check');
  const master = await args.master();
  const { rune, text } = await args.runeWithText();
  args.expectEnd();
  const call = callOf(args);
  const refusal = idRefusal(rune, text) ?? runeRefusal(master, rune, call, circumstancesOf(args));
  if (refusal !== undefined) return { json: refusal, lines: [refusal.message], status: 1 };
  return { json: { valid: true }, lines: ['allowed'], status: 0 };
}

/** Returns the node's refusal of a unique id that is not a number of at most 63 bits. */
function idRefusal({ uniqueId }: Rune, text: string) {
  if (uniqueId !== undefined && uniqueIdNumber(uniqueId) !== undefined) return undefined;
  const message = `rune: should have valid numeric unique_id: invalid token '"${text}"'`;
  return { code: -32602, message };
}

async function lintRune(args: RuneArguments): Promise<Output> {
  const rune = await args.rune();
  args.expectEnd();
  const findings = findingsOf(rune, args);
  const lines = findingLines(rune, findings);
  const hasMistake = findings.some(({ severity }) => severity !== 'hint');
  return {
    json: findings,
    lines: lines.length === 0 ? ['no findings'] : lines,
    status: hasMistake ? 1 : 0,
  };
}

function findingsOf(rune: Rune, args: RuneArguments): Finding[] {
  return lint(rune, args.now / 1_000_000_000n, {
    commands: COMMAND_NAMES,
    parameters: COMMAND_PARAMETERS,
  });
}

/** The restriction of a finding comes before its message. */
function findingLines(rune: Rune, findings: readonly Finding[]): string[] {
  return findings.map(({ severity, message, restriction }) => {
    const text = restriction === undefined ? '' : ` ${rune.restrictions[restriction]?.encode()}:`;
    return `${severity}:${text} ${message}`;
  });
}

function callOf({ now, method, params, nodeId }: RuneArguments): Call {
  return { now, method, params, nodeId };
}

function circumstancesOf({ lastUsed }: RuneArguments): Circumstances {
  return { lastUsed, readInvoice };
}

function describe(rune: Rune, seconds: bigint): string[] {
  const id = rune.uniqueId === undefined ? 'A rune without an id' : `Rune ${rune.uniqueId}`;
  const restrictions = inPlainWords(rune, seconds);
  if (rune.restrictions.length === 0) return [`${id} allows ${restrictions.join('')}`];
  const lines = restrictions.map((line, i) => `  ${i + 1}. ${line}`);
  return [`${id} allows a command if all of these hold:`, ...lines];
}

/** Returns decode's members as lines, with lightningd's own summaries. */
function decodedLines(decoded: DecodedRune): string[] {
  if (!decoded.valid)
    return [`hex: ${decoded.hex}`, `WARNING: ${decoded.warning_rune_invalid_utf8}`];
  const { unique_id: id, version, string, restrictions } = decoded;
  return [
    ...(id === undefined ? [] : [`unique_id: ${id}`]),
    ...(version === undefined ? [] : [`version: ${version}`]),
    `string: ${string}`,
    ...restrictions.map(({ summary }) => `restriction: ${summary}`),
  ];
}
