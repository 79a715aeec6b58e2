import { quoted } from '../quoted.ts';
import type { Alternative } from '../alternative.ts';
import type { Restriction } from '../restriction.ts';
import { dateOf } from '../dates.ts';
import { signedInteger } from '../integers.ts';
import {
  type Access,
  accessTo,
  type KnownRestriction,
  knownRestrictions,
  looseAlternative,
  onlyMethods,
} from './access.ts';
import type { Finding } from './finding.ts';
import { amountFix, feeFix } from './limit-fix.ts';
import {
  DELICATE_COMMANDS,
  PLUGIN_COMMANDS,
  SENSITIVE_COMMANDS,
  type SensitiveCommand,
} from './sensitive-commands.ts';

/** The number of names that a message shows. */
const MAX_NAMES = 4;
/** Runes that allow more than this share of the commands allow nearly everything. */
const NEARLY_ALL = SENSITIVE_COMMANDS.length / 2;

interface Allowed {
  readonly command: SensitiveCommand;
  readonly access: Access;
}

/**
 * Finds what can drain the node: nearly unrestricted runes, spending without a limit, and the right to make runes. The
 * restrictions must be satisfiable.
 *
 * @param now in seconds since 1970
 */
export function dangers(restrictions: readonly Restriction[], now: bigint): Finding[] {
  const known = knownRestrictions(restrictions, now);
  const allowed = allowedCommands(SENSITIVE_COMMANDS, known);
  const loose = findLoose(known, allowed);
  // What the rune would allow without the loose alternatives.
  const intended =
    loose.findings.length === 0 ? allowed : allowedCommands(SENSITIVE_COMMANDS, loose.intended);
  const anyCommand = findAnyCommand(loose.intended, intended);
  if (anyCommand !== undefined) return [...loose.findings, anyCommand];
  return [
    ...loose.findings,
    ...[...intended, ...allowedCommands(PLUGIN_COMMANDS, loose.intended)].flatMap((each) =>
      dangersOf(each, loose.intended),
    ),
    ...unlimitedCount(intended),
    ...allowedCommands(DELICATE_COMMANDS, loose.intended).flatMap((each) =>
      dangersOf(each, loose.intended),
    ),
  ];
}

function allowedCommands(
  commands: readonly SensitiveCommand[],
  restrictions: readonly KnownRestriction[],
): Allowed[] {
  return commands.flatMap((command) => {
    const access = accessTo(command, restrictions);
    return access === undefined ? [] : [{ command, access }];
  });
}

/** Finds runes whose restrictions on the command are missing or exclude few commands. */
function findAnyCommand(
  restrictions: readonly KnownRestriction[],
  allowed: readonly Allowed[],
): Finding | undefined {
  const fix =
    "add a restriction with the commands to allow, such as 'method=getinfo|method=invoice'";
  if (restrictions.every(({ alternatives }) => !alternatives.some(isOnCommand))) {
    const isRate = restrictions.every(({ alternatives }) => alternatives.every(isPauseOrComment));
    return isRate
      ? danger('rate_only', `a rate is the only limit, so every command is allowed; ${fix}`)
      : danger('any_command', `no restriction is on the command; ${fix}`);
  }
  if (allowed.length <= NEARLY_ALL) return undefined;
  const names = namesOf(allowed.map(({ command }) => command));
  return danger('any_command', `nearly every command is allowed, among them ${names}; ${fix}`);
}

function isOnCommand({ fieldname, condition }: Alternative): boolean {
  return fieldname === 'method' && condition !== '#';
}

function isPauseOrComment({ fieldname, condition }: Alternative): boolean {
  return condition === '#' || fieldname === 'rate' || fieldname === 'per';
}

/**
 * Finds alternatives that let commands pass which the other alternatives of their restriction exclude. No command is passed
 * by accident if another restriction names the commands, or limits what the command spends.
 */
function findLoose(
  restrictions: readonly KnownRestriction[],
  allowed: readonly Allowed[],
): { readonly findings: readonly Finding[]; readonly intended: readonly KnownRestriction[] } {
  const findings: Finding[] = [];
  if (restrictions.some(namesCommands)) return { findings, intended: restrictions };
  const unlimited = allowed.filter(({ access }) => access.amount === 'unlimited');
  const intended = restrictions.map((restriction, index) => {
    const passing = unlimited.flatMap(({ command }) => {
      const alternative = looseAlternative(command, restriction);
      return alternative === undefined ? [] : [{ command, alternative }];
    });
    const [first] = passing;
    const alternative =
      first === undefined ? undefined : restriction.alternatives[first.alternative];
    if (first === undefined || alternative === undefined) return restriction;
    const names = namesOf(passing.map(({ command }) => command));
    const message = `${looseText(alternative, names)}; put ${quoted(String(alternative))} into a restriction of its own`;
    findings.push({
      ...danger('loose_alternative', message),
      restriction: index,
      alternative: first.alternative,
    });
    return onlyMethods(restriction);
  });
  return { findings, intended };
}

/** Whether all alternatives say which commands pass, instead of which do not. */
function namesCommands({ alternatives }: KnownRestriction): boolean {
  return alternatives.every(
    (one) => isOnCommand(one) && /^[=^$~]$/.test(one.condition) && one.value !== '',
  );
}

function looseText({ fieldname, condition, value }: Alternative, names: string): string {
  const time = fieldname === 'time' && condition === '<' ? signedInteger(value) : undefined;
  const date = time === undefined ? undefined : dateOf(time);
  if (date !== undefined) return `every command is allowed until ${date}, among them ${names}`;
  return fieldname === 'rate' || fieldname === 'per'
    ? `every command is allowed at this rate, among them ${names}`
    : `this alternative also allows other commands, among them ${names}`;
}

function dangersOf(
  { command, access }: Allowed,
  restrictions: readonly KnownRestriction[],
): Finding[] {
  const restriction = placeOf(command, restrictions);
  const place = restriction < 0 ? {} : { restriction };
  const found = (code: Finding['code'], message: string): Finding[] => [
    { ...danger(code, message), ...place },
  ];
  const name = quoted(command.name);
  const isUnlimited = access.amount === 'unlimited';
  switch (command.power) {
    case 'makes_runes':
      return isUnlimited
        ? found('makes_runes', `${name} ${RUNES_TEXTS[command.name] ?? MAKES}`)
        : [];
    case 'controls_node':
      return isUnlimited
        ? found(
            'controls_node',
            `${name} ${CONTROL_TEXTS[command.name] ?? 'controls the node'}; remove this command`,
          )
        : [];
    case 'needs_care':
      return isUnlimited
        ? [
            {
              code: 'needs_care',
              severity: 'hint',
              message: `${name} ${DELICATE_TEXTS[command.name] ?? ''}`,
              ...place,
            },
          ]
        : [];
    case 'spends': {
      const isOnly = allowsOnly(command, restrictions);
      if (isUnlimited) {
        const text = amountFix(command, looseLimit(command, restrictions), isOnly);
        return found('unlimited_amount', text);
      }
      if (access.fees.length === 0) return [];
      return found('unlimited_fee', feeFix(command, access.fees, isOnly));
    }
  }
}

function allowsOnly(
  { name }: SensitiveCommand,
  restrictions: readonly KnownRestriction[],
): boolean {
  return restrictions.some(({ alternatives }) =>
    alternatives.every((one) => isOnCommand(one) && one.condition === '=' && one.value === name),
  );
}

/** Returns an alternative on an amount, which does not limit the command, if the rune has one that can apply to it. */
function looseLimit(
  command: SensitiveCommand,
  restrictions: readonly KnownRestriction[],
): Alternative | undefined {
  return restrictions
    .filter((restriction) => accessTo(command, [restriction]) !== undefined)
    .flatMap(({ alternatives }) => alternatives)
    .find(({ fieldname }) => /^(?:pname|pinv).*(?:amount|satoshi|msat)/s.test(fieldname));
}

const MAKES =
  'can create a rune that allows everything; remove this command, or allow only a fixed rune with pnamerune=…';
const SHOWS = 'returns runes in full, unrestricted ones as well; remove this command';
const REGISTERS = 'can register a path that runs any command without a rune; remove this command';

const RUNES_TEXTS: Readonly<Record<string, string>> = {
  showrunes: SHOWS,
  'commando-listrunes': SHOWS,
  makesecret:
    'returns the secret from which all runes are made; remove this command, or allow another secret with pnamestring=…',
  'rest-register-path': REGISTERS,
  'clnrest-register-path': REGISTERS,
};

const CONTROL_TEXTS: Readonly<Record<string, string>> = {
  plugin: 'can start any program on the machine of the node',
  reckless: 'can install and start programs on the machine of the node',
  exposesecret: 'can return the key of the wallet',
  setconfig: 'can change options of the node and of its plugins',
  recover: 'can replace the key of the wallet',
  emergencyrecover: 'makes peers close channels',
  'dev-forget-channel': 'can make the node forget a channel and the funds in it',
};

const DELICATE_TEXTS: Readonly<Record<string, string>> = {
  listdatastore:
    "returns what plugins store, which can contain secrets; to exclude it, add 'method/listdatastore'",
  datastore:
    'can change what plugins store and rely on; remove it, or allow only a fixed key with pnamekey=…',
  deldatastore:
    'can delete what plugins store and rely on; remove it, or allow only a fixed key with pnamekey=…',
  blacklistrune:
    "can also restore revoked runes; to allow only revoking, add 'method/blacklistrune|pnamerelist!' and 'method/blacklistrune|parr2!'",
};

/** Returns the index of the restriction that allows the command by name, or -1. */
function placeOf({ name }: SensitiveCommand, restrictions: readonly KnownRestriction[]): number {
  return restrictions.findIndex(({ alternatives }) =>
    alternatives.some(
      ({ fieldname, condition, value }) =>
        fieldname === 'method' && condition === '=' && value === name,
    ),
  );
}

/** Finds limits on each payment without a limit on their number. */
function unlimitedCount(allowed: readonly Allowed[]): Finding[] {
  const names = allowed.flatMap(({ command, access }) =>
    command.power === 'spends' &&
    access.amount === 'limited' &&
    access.count === 'unlimited' &&
    spendsEachTime(command)
      ? [command]
      : [],
  );
  const [first] = names;
  if (first === undefined) return [];
  const message = `the number of calls of ${namesOf(names)} is not limited; to limit it, add a restriction such as per=1min`;
  return [{ code: 'unlimited_count', severity: 'hint', message }];
}

/** `close` to the node's wallet, or to a fixed address, spends nothing however often it is called. */
function spendsEachTime({ invoices, amounts, fixed, recipient }: SensitiveCommand): boolean {
  return invoices.length + amounts.length > 0 || (fixed.length > 0 && recipient === undefined);
}

function danger(code: Finding['code'], message: string): Finding {
  return { code, severity: 'danger', message };
}

function namesOf(commands: readonly SensitiveCommand[]): string {
  const names = commands.map(({ name }) => name);
  if (names.length <= MAX_NAMES) return names.join(', ');
  return `${names.slice(0, MAX_NAMES).join(', ')} and ${names.length - MAX_NAMES} more`;
}
