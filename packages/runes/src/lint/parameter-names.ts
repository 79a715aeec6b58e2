import type { Alternative } from '../alternative.ts';
import { withoutPunctuation } from '../condition.ts';
import { quoted } from '../quoted.ts';
import type { Restriction } from '../restriction.ts';
import { similarName } from './command-names.ts';
import type { Finding } from './finding.ts';
import { SENSITIVE_COMMANDS } from './sensitive-commands.ts';

/** The names of the parameters of commands, by the command's name. */
type ParameterNames = ReadonlyMap<string, readonly string[]>;

const SENSITIVE: ParameterNames = new Map(
  SENSITIVE_COMMANDS.map(({ name, params }) => [name, params]),
);
/** Commands that also accept the parameters of other programs. */
const OPEN_ENDED = new Set(['plugin', 'check']);
/** Runes that name more commands are not checked: the work is the product of commands and restrictions. */
const MAX_COMMANDS = 20;
/** The number of findings and of names in a message. */
const MAX_FINDINGS = 100;
const MAX_NAMES = 6;

/**
 * Finds restrictions on parameters that none of the allowed commands has. Checks only runes with a restriction that lists
 * the commands.
 *
 * @param known the parameters of the node's commands; without them, only those of commands that spend are known
 */
export function unknownParameters(
  restrictions: readonly Restriction[],
  known: ParameterNames = SENSITIVE,
): Finding[] {
  const commands = listedCommands(restrictions);
  if (commands.length === 0 || commands.length > MAX_COMMANDS) return [];
  const findings: Finding[] = [];
  restrictions.forEach(({ alternatives }, restriction) => {
    const tested = commands.filter((command) => !passesBy(command, alternatives));
    if (tested.length === 0) return;
    alternatives.forEach((one, alternative) => {
      const message = findings.length < MAX_FINDINGS ? unknown(one, tested, known) : undefined;
      if (message === undefined) return;
      const place = { restriction, alternative };
      findings.push({ code: 'unknown_parameter', severity: 'mistake', message, ...place });
    });
  });
  return findings;
}

/** Returns the commands of the first restriction that consists of names only. */
function listedCommands(restrictions: readonly Restriction[]): readonly string[] {
  const list = restrictions.find(({ alternatives }) =>
    alternatives.every(({ fieldname, condition }) => fieldname === 'method' && condition === '='),
  );
  return list === undefined ? [] : list.alternatives.map(({ value }) => value);
}

/** Whether an alternative on the command lets the command pass, so that the others do not matter. */
function passesBy(command: string, alternatives: readonly Alternative[]): boolean {
  return alternatives.some(
    ({ fieldname, condition, value }) =>
      fieldname === 'method' &&
      ((condition === '=' && value === command) || (condition === '/' && value !== command)),
  );
}

function unknown(
  { fieldname, condition, value }: Alternative,
  commands: readonly string[],
  known: ParameterNames,
): string | undefined {
  const [, prefix = '', given = ''] = /^(pname|pinv)(.*)$/s.exec(fieldname) ?? [];
  if (prefix === '' || condition === '#') return undefined;
  const [, name = given, suffix = ''] =
    prefix === 'pinv' ? (/^(.*)(_(?:amount|description|node))$/s.exec(given) ?? []) : [];
  const bare = withoutPunctuation(name);
  const existing = commands.map((command) =>
    OPEN_ENDED.has(command) ? undefined : known.get(command),
  );
  const names = [...new Set(existing.flatMap((all) => all ?? []))].map(withoutPunctuation);
  if (existing.includes(undefined) || names.includes(bare)) return undefined;
  const subject = commands.length === 1 ? quoted(commands[0] ?? '') : 'no command of this rune';
  const problem = `${subject} ${commands.length === 1 ? 'has no' : 'has a'} parameter ${quoted(name)}`;
  const better =
    prefix === 'pinv' ? names.find((one) => INVOICES.has(one)) : similarName(bare, nameSet(names));
  if (better !== undefined) {
    return `${problem}; write ${quoted(`${prefix}${better}${suffix}${condition}${value}`)}`;
  }
  const list = names.slice(0, MAX_NAMES).join(', ') + (names.length > MAX_NAMES ? ', …' : '');
  return `${problem}; ${names.length === 0 ? 'remove this restriction' : `its parameters are ${list}`}`;
}

/** The parameters of lightningd's commands that contain an invoice. */
const INVOICES = new Set(['bolt11', 'invstring', 'string']);

function nameSet(names: readonly string[]) {
  return { names: new Set(names), bySpelling: new Map(names.map((name) => [name, name])) };
}
