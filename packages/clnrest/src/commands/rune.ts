import {
  checkRune,
  explainVerdict,
  inPlainWords,
  lint,
  restrictionInWords,
  type Rune,
} from '@clnrest/runes';
import { readBolt11 } from '@clnrest/runes/bolt11';
import { RuneArguments } from '../rune/arguments.ts';
import { decodedRune, hasNumericId } from '../rune/decoded.ts';
import { RUNE_HELP } from '../rune/help.ts';
import type { Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';

/** An answer for programs, the same in words for people, and the exit status. */
interface Answer {
  readonly json: unknown;
  readonly words: string;
  readonly status: number;
}

const COMMANDS: Readonly<Record<string, (args: RuneArguments) => Promise<Answer>>> = {
  create,
  restrict,
  decode,
  explain,
  check,
  lint: lintRune,
};

/** `clnrest rune …`: runes without a node. */
export async function runeCommand(argv: readonly string[], terminal: Terminal): Promise<number> {
  const [name = '--help', ...rest] = argv;
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  const args = new RuneArguments(command === undefined ? argv : rest, terminal);
  if (args.help || name === 'help' || argv.length === 0) {
    terminal.out(RUNE_HELP);
    return 0;
  }
  if (command === undefined) throw new UsageError(`no such command: rune ${name}`);
  const { json, words, status } = await command(args);
  terminal.out(args.json ? `${JSON.stringify(json, null, 2)}\n` : `${words}\n`);
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
  return { json, words: unrestricted ? `${json.rune}\n${warning}` : json.rune, status: 0 };
}

async function decode(args: RuneArguments): Promise<Answer> {
  const rune = await args.rune();
  args.end();
  const seconds = args.now / 1_000_000_000n;
  const json = decodedRune(rune, seconds);
  return { json, words: described(rune, seconds), status: json['valid'] === true ? 0 : 1 };
}

async function explain(args: RuneArguments): Promise<Answer> {
  const rune = await args.rune();
  args.end();
  const seconds = args.now / 1_000_000_000n;
  if (args.method === undefined && args.params === undefined) {
    const json = { unique_id: rune.uniqueId, restrictions: inPlainWords(rune, seconds) };
    return { json, words: described(rune, seconds), status: 0 };
  }
  const verdict = explainVerdict(rune, callOf(args), { readInvoice: readBolt11 });
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
  return { json, words: [...lines, sum].join('\n'), status: verdict.allowed ? 0 : 1 };
}

async function check(args: RuneArguments): Promise<Answer> {
  const master = await args.master();
  const rune = await args.rune();
  args.end();
  if (!hasNumericId(rune)) {
    const refusal = { code: -32602, message: 'rune: should have valid numeric unique_id' };
    return { json: refusal, words: refusal.message, status: 1 };
  }
  const refusal = checkRune(master, rune, callOf(args), { readInvoice: readBolt11 });
  if (refusal !== undefined) return { json: refusal, words: refusal.message, status: 1 };
  return { json: { valid: true }, words: 'allowed', status: 0 };
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
  return { json: findings, words: words.join('\n') || 'nothing to remark', status: bad ? 1 : 0 };
}

function callOf(args: RuneArguments) {
  const { now, method, params, nodeId } = args;
  try {
    if (params !== undefined) JSON.parse(params);
  } catch (cause) {
    throw new UsageError(`--params: JSON, an object or array, not '${params ?? ''}'`, { cause });
  }
  return { now, method, params, nodeId };
}

function described(rune: Rune, seconds: bigint): string {
  const id = rune.uniqueId === undefined ? 'A rune without an id' : `Rune ${rune.uniqueId}`;
  if (rune.restrictions.length === 0) return `${id} allows ${inPlainWords(rune, seconds).join('')}`;
  const lines = inPlainWords(rune, seconds).map((line, i) => `  ${i + 1}. ${line}`);
  return [`${id} allows a command if all of these hold:`, ...lines].join('\n');
}
