import type { Alternative } from '../alternative.ts';
import { pauseOfPer, pauseOfRate } from '../rate.ts';
import { quoted } from '../quoted.ts';
import type { Restriction } from '../restriction.ts';
import type { Finding } from './finding.ts';

/** Finds rates without effect: only the longest interval counts, since a derived rune cannot loosen a rate. */
export function loosePauses(restrictions: readonly Restriction[]): Finding[] {
  const pauses = restrictions.flatMap(({ alternatives }, restriction) => {
    const [only, ...others] = alternatives;
    if (only === undefined || others.length > 0) return [];
    if (only.fieldname !== 'rate' && only.fieldname !== 'per') return [];
    const pause = only.fieldname === 'rate' ? pauseOfRate(only) : pauseOfPer(only);
    return 'problem' in pause ? [] : [{ restriction, only, length: pause.nanoseconds }];
  });
  const longest = pauses.reduce<(typeof pauses)[number] | undefined>(
    (best, pause) => (best === undefined || pause.length > best.length ? pause : best),
    undefined,
  );
  if (longest === undefined) return [];
  return pauses
    .filter((pause) => pause !== longest)
    .map(({ restriction, only }) => ({
      code: 'no_effect',
      severity: 'hint',
      message: `${quoted(String(only))} has no effect: ${quoted(String(longest.only))} requires the same interval or a longer one; remove it`,
      restriction,
    }));
}

/**
 * lightningd v26.06.6 loses the names of parameters after the first restriction on a parameter, and then refuses
 * invoice restrictions: `Unknown invoice parameter` (observed).
 */
export function lateInvoices(restrictions: readonly Restriction[]): Finding[] {
  // Commands whose parameters an earlier restriction tests, as far as they are known.
  const earlier = new Set<string | undefined>();
  return restrictions.flatMap(({ alternatives }, restriction): Finding[] => {
    const asks = alternatives.some(({ fieldname }) => !PARAMETERLESS.has(fieldname));
    if (!asks) return [];
    const command = onlyCommand(alternatives);
    const isLate =
      earlier.has(undefined) || earlier.has(command) || (command === undefined && earlier.size > 0);
    earlier.add(command);
    if (!isLate || !alternatives.some(({ fieldname }) => fieldname.startsWith('pinv'))) return [];
    const message =
      'some nodes refuse an invoice restriction after another restriction on parameters; put it first';
    return [{ code: 'invoice_first', severity: 'hint', message, restriction }];
  });
}

/** Returns the command to which `method/command|…` applies: other commands pass before anything else is tested. */
function onlyCommand([first]: readonly Alternative[]): string | undefined {
  return first?.fieldname === 'method' && first.condition === '/' ? first.value : undefined;
}

/** Fields that do not depend on a parameter. */
const PARAMETERLESS = new Set(['time', 'id', 'method', 'pnum', 'rate', 'per']);
