import {
  type Call,
  type Circumstances,
  type DecodedRune,
  decodedRune,
  explainVerdict,
  inPlainWords,
  lint,
  restrictionInWords,
  type Rune,
  runeRefusal,
  uniqueIdNumber,
} from '@clnrest/runes';
import { readBolt11 } from '@clnrest/runes/bolt11';
import { withoutRunes } from '../rune-form.ts';
import { RuneArguments } from '../rune/arguments.ts';
import { RUNE_HELP } from '../rune/help.ts';
import type { OptionName } from '../rune/options.ts';
import { visible, visibleJson } from '../rune/visible.ts';
import type { Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';

/** An answer for programs, the same in words for people, and the exit status. */
interface Answer {
  readonly json: unknown;
  /** A line each; what a rune says is not safe for a terminal yet. */
  readonly words: readonly string[];
  readonly status: number;
}

interface Command {
  /** The options that it takes, besides --json and --help. */
  readonly options: readonly OptionName[];
  readonly run: (args: RuneArguments) => Promise<Answer>;
}

const COMMANDS: Readonly<Record<string, Command>> = {
  create: { run: create, options: ['secret', 'secret-file', 'id'] },
  restrict: { run: restrict, options: [] },
  decode: { run: decode, options: ['time'] },
  explain: { run: explain, options: ['method', 'params', 'nodeid', 'time', 'last-used'] },
  check: {
    run: check,
    options: ['secret', 'secret-file', 'method', 'params', 'nodeid', 'time', 'last-used'],
  },
  lint: { run: lintRune, options: ['time'] },
};

/** `clnrest rune …`: runes without a node. */
export async function runeCommand(argv: readonly string[], terminal: Terminal): Promise<number> {
  const [name = '--help', ...rest] = argv;
  if (['help', '--help', '-h'].includes(name)) {
    terminal.out(RUNE_HELP);
    return 0;
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined)
    throw new UsageError(`no such command: rune ${visible(withoutRunes(name))}`);
  const args = new RuneArguments(rest, terminal, name, command.options);
  if (args.help) {
    terminal.out(RUNE_HELP);
    return 0;
  }
  const { json, words, status } = await command.run(args);
  terminal.out(`${args.json ? visibleJson(json) : words.map(visible).join('\n')}\n`);
  return status;
}

async function create(args: RuneArguments): Promise<Answer> {
  const master = await args.master();
  const rune = master.create(args.id, args.restrictions());
  return newRune(rune);
}

async function restrict(args: RuneArguments): Promise<Answer> {
  const rune = await args.rune();
  const restrictions = args.restrictions();
  if (restrictions.length === 0) throw new UsageError('restrictions are missing');
  return newRune(rune.restrictAll(restrictions));
}

function newRune(rune: Rune): Answer {
  const warning = 'WARNING: This rune has no restrictions: whoever has it can drain the node.';
  const unrestricted = rune.restrictions.length === 0;
  const json = {
    rune: rune.toBase64(),
    ...(rune.uniqueId === undefined ? {} : { unique_id: rune.uniqueId }),
    ...(unrestricted ? { warning_unrestricted_rune: warning } : {}),
  };
  return { json, words: unrestricted ? [json.rune, warning] : [json.rune], status: 0 };
}

async function decode(args: RuneArguments): Promise<Answer> {
  const rune = await args.rune();
  args.end();
  const json = decodedRune(rune, args.now / 1_000_000_000n);
  return { json, words: decodedLines(json), status: json.valid ? 0 : 1 };
}

async function explain(args: RuneArguments): Promise<Answer> {
  const rune = await args.rune();
  args.end();
  const seconds = args.now / 1_000_000_000n;
  if (args.method === undefined) {
    const other = args.params ?? args.nodeId ?? args.lastUsed;
    if (other !== undefined) throw new UsageError('a call needs its --method');
    const restrictions = rune.restrictions.length === 0 ? [] : inPlainWords(rune, seconds);
    const json = { unique_id: rune.uniqueId, restrictions };
    return { json, words: described(rune, seconds), status: 0 };
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
  const sum = verdict.allowed
    ? 'Its restrictions allow this call. Whether it is genuine, only the node (or check) can tell.'
    : 'Its restrictions refuse this call.';
  return { json, words: [...lines, sum], status: verdict.allowed ? 0 : 1 };
}

async function check(args: RuneArguments): Promise<Answer> {
  if (args.method === undefined) throw new UsageError('give --method, the command to be run');
  const master = await args.master();
  const { rune, text } = await args.givenRune();
  args.end();
  const call = callOf(args);
  const refusal = refusalOfId(rune, text) ?? runeRefusal(master, rune, call, circumstancesOf(args));
  if (refusal !== undefined) return { json: refusal, words: [refusal.message], status: 1 };
  return { json: { valid: true }, words: ['allowed'], status: 0 };
}

/** What a node says of an id that is no number of at most 63 bits: none of its runes has such. */
function refusalOfId({ uniqueId }: Rune, text: string) {
  if (uniqueId !== undefined && uniqueIdNumber(uniqueId) !== undefined) return undefined;
  const message = `rune: should have valid numeric unique_id: invalid token '"${text}"'`;
  return { code: -32602, message };
}

async function lintRune(args: RuneArguments): Promise<Answer> {
  const rune = await args.rune();
  args.end();
  const findings = lint(rune, args.now / 1_000_000_000n);
  const words = findings.map(({ severity, message, restriction }) => {
    const text = restriction === undefined ? '' : ` ${rune.restrictions[restriction]?.encode()}:`;
    return `${severity}:${text} ${message}`;
  });
  const bad = findings.some(({ severity }) => severity !== 'hint');
  return {
    json: findings,
    words: words.length === 0 ? ['nothing to remark'] : words,
    status: bad ? 1 : 0,
  };
}

function callOf({ now, method, params, nodeId }: RuneArguments): Call {
  return { now, method, params, nodeId };
}

function circumstancesOf({ lastUsed }: RuneArguments): Circumstances {
  return { lastUsed, readInvoice: readBolt11 };
}

function described(rune: Rune, seconds: bigint): string[] {
  const id = rune.uniqueId === undefined ? 'A rune without an id' : `Rune ${rune.uniqueId}`;
  const words = inPlainWords(rune, seconds);
  if (rune.restrictions.length === 0) return [`${id} allows ${words.join('')}`];
  const lines = words.map((line, i) => `  ${i + 1}. ${line}`);
  return [`${id} allows a command if all of these hold:`, ...lines];
}

/** decode's members, with the summaries in lightningd's English. */
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
