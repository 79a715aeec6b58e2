import { type Certainty, certaintyOf } from '../certainty.ts';
import { quoted } from '../quoted.ts';
import type { Restriction } from '../restriction.ts';
import type { Rune } from '../rune.ts';
import { alternativeHints } from './alternative-hints.ts';
import { alwaysPasses, FULL_ACCESS, why, withoutEffect } from './always-passes.ts';
import { type KnownCommands, knownCommands, unknownCommand } from './command-names.ts';
import { clashes, contradictions } from './contradictions.ts';
import { dangers } from './dangers.ts';
import type { Finding } from './finding.ts';
import { lateInvoices, loosePauses } from './order.ts';
import { unknownParameters } from './parameter-names.ts';
import { limitsPositions } from './shape.ts';
import { valueMistakes } from './value-mistakes.ts';

/** Facts that help to find more mistakes. */
export interface LintOptions {
  /**
   * The names of all commands that a rune can allow, to find unknown names. Besides the node's commands, add
   * `listclnrest-notifications` and `metrics`, which the gateway checks. Without names, no name is unknown.
   */
  readonly commands?: Iterable<string> | undefined;
  /**
   * The names of the parameters by the command's name, to find unknown ones. Without it, only the parameters of commands
   * that spend are known. Omit commands whose parameters are unknown.
   */
  readonly parameters?: ReadonlyMap<string, readonly string[]> | undefined;
}

/**
 * Finds what can drain the node (`danger`), what cannot work as it seems to (`mistake`), and surprising consequences
 * (`hint`). Each message says what is wrong and what to do.
 *
 * A limit on an amount counts only if it holds for every call of the command. A bound of 1 BTC or more counts as none.
 *
 * @param now in seconds since 1970, to find expired restrictions
 *
 * @example
 * ```ts
 * import { lint, Restriction, Rune } from '@clnrest/runes';
 *
 * const rune = Rune.fromBase64('KUhZzNlECC7pYsz3QVbF1TqjIUYi3oyESTI7n60hLMs9MA==');
 * const codes = (...restrictions) => lint(rune.restrictAll(restrictions), 0n).map(({ code }) => code);
 * codes(); // => ['unrestricted']
 * codes(Restriction.of('method=pay'), Restriction.of('method=xpay')); // => ['never_passes']
 * codes(Restriction.of('method=pay')); // => ['unlimited_amount']
 * codes(Restriction.of('method=invoice', 'time<1893456000')); // => ['loose_alternative']
 * codes(Restriction.of('method=invoice', 'method=listinvoices')); // => []
 *
 * const commands = ['getinfo', 'invoice'];
 * lint(rune.restrict(Restriction.of('method=get_info')), 0n, { commands }).map(({ message }) => message);
 * // => ["no command is named 'get_info'; did you mean 'getinfo'?"]
 * ```
 */
export function lint(
  rune: Rune,
  now: bigint,
  { commands, parameters }: LintOptions = {},
): Finding[] {
  const { restrictions } = rune;
  if (restrictions.length === 0) {
    const message = `no restrictions: ${FULL_ACCESS}`;
    return [{ code: 'unrestricted', severity: 'danger', message }];
  }
  const findings = [
    ...restrictions.flatMap((restriction, i) => lintRestriction(restriction, i, now)),
    ...contradictions(restrictions),
    ...clashes(restrictions),
    ...loosePauses(restrictions),
    ...lateInvoices(restrictions),
    ...withoutEffect(restrictions, now),
  ];
  return [
    ...withoutNeedless(findings, restrictions),
    ...(commands === undefined ? [] : unknownCommands(restrictions, knownCommands(commands))),
    ...unknownParameters(restrictions, parameters),
    ...(findings.some(({ code }) => isDecisive(code)) ? [] : dangers(restrictions, now)),
  ];
}

/** Whether the rune allows nothing, or everything. */
function isDecisive(code: Finding['code']): boolean {
  return code === 'never_passes' || code === 'expired' || code === 'unrestricted';
}

/** Removes hints on parameters by position if the rune requires parameters by name. */
function withoutNeedless(
  findings: readonly Finding[],
  restrictions: readonly Restriction[],
): readonly Finding[] {
  if (!findings.some(({ code }) => code === 'named_only')) return findings;
  const isLimited = limitsPositions(restrictions);
  return findings.filter(({ code, restriction }) => {
    const of = restriction === undefined ? undefined : restrictions[restriction];
    return code !== 'named_only' || of === undefined || !isLimited(of);
  });
}

function lintRestriction({ alternatives }: Restriction, at: number, now: bigint): Finding[] {
  if (alternatives.length === 0) {
    const message =
      'a restriction without alternatives, so that no node accepts this rune; create another rune without it';
    return [{ code: 'never_passes', severity: 'mistake', message, restriction: at }];
  }
  const certainties = alternatives.map((alternative) => certaintyOf(alternative, now));
  const findings: Finding[] = [...neverPasses(certainties, at)];
  const reason = alwaysPasses(alternatives, certainties);
  if (reason !== undefined) {
    const message = `every call passes: ${reason}`;
    findings.push({ code: 'always_passes', severity: 'danger', message, restriction: at });
  }
  const isPauseOrTime = alternatives.every(({ fieldname }) =>
    /^(?:rate|per|time)$/.test(fieldname),
  );
  alternatives.forEach((alternative, i) => {
    const place = { restriction: at, alternative: i };
    if (/^(?:rate|per)$/.test(alternative.fieldname) && alternatives.length > 1) {
      const text = quoted(String(alternative));
      const message = `${text} does not limit what another alternative allows; put it into a restriction of its own`;
      const severity = isPauseOrTime ? 'mistake' : 'hint';
      findings.push({ code: 'no_effect', severity, message, ...place });
    }
    for (const [code, severity, message] of valueMistakes(alternative)) {
      findings.push({ code, severity, message, ...place });
    }
    for (const [code, message] of alternativeHints(alternative)) {
      findings.push({ code, severity: 'hint', message, ...place });
    }
  });
  return findings;
}

function neverPasses(certainties: readonly Certainty[], restriction: number): Finding[] {
  if (!certainties.every(({ kind }) => kind === 'never')) return [];
  const isPast = certainties.every((certainty) => certainty.kind === 'never' && certainty.isPast);
  const reasons = [...new Set(certainties.map(why))].join('; ');
  const message = isPast
    ? `no call passes: ${reasons}; create another rune with a later time`
    : `no call passes: ${reasons}; create another rune without this restriction`;
  return [{ code: isPast ? 'expired' : 'never_passes', severity: 'mistake', message, restriction }];
}

/** So many unknown names get a suggestion, since each is compared with all names. */
const MAX_SUGGESTIONS = 100;

function unknownCommands(restrictions: readonly Restriction[], known: KnownCommands): Finding[] {
  const findings: Finding[] = [];
  restrictions.forEach(({ alternatives }, restriction) => {
    alternatives.forEach((one, alternative) => {
      // The fix of another mistake in the value names the command.
      if (findings.length >= MAX_SUGGESTIONS || valueMistakes(one).length > 0) return;
      const message = unknownCommand(one, known);
      if (message === undefined) return;
      findings.push({
        code: 'unknown_command',
        severity: 'mistake',
        message,
        restriction,
        alternative,
      });
    });
  });
  return findings;
}
