import { printable } from '../http/printable.ts';
import type { ParsedRune } from '../node/parsed-rune.ts';
import type { CheckedCall } from '../node/checked-call.ts';
import type { Refusal } from '../refusals.ts';

/** A call that the node and the local judge decide differently. Undefined means that the call is allowed. */
export interface Mismatch {
  readonly rune: ParsedRune;
  readonly call: CheckedCall;
  readonly local: Refusal | undefined;
  readonly byNode: Refusal | undefined;
}

/** The log line about a mismatch. It has the restrictions, but not the rune and no parameters. */
export function mismatchLine({ rune, call, local, byNode }: Mismatch): string {
  const { restrictions } = rune.rune;
  const all = restrictions.map((restriction) => restriction.encode()).join('&');
  const shown = all === '' ? 'none' : printable(all);
  const words = byNode === undefined || local === undefined ? '' : ', in other words';
  return `The node ${verb(byNode)} a call of ${call.method} that the gateway ${verb(local)}${words}: rune id ${rune.id}, restrictions ${shown}. From now on the node checks every rune. Please report this`;
}

function verb(refusal: Refusal | undefined): string {
  return refusal === undefined ? 'allowed' : 'refused';
}
