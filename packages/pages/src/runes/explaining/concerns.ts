import {
  type Finding,
  lint,
  type LintOptions,
  type Restriction,
  type Rune,
  uniqueIdNumber,
} from '@clnrest/runes';
import type { Command } from '../node/commands.ts';

/** A finding about the whole rune or one restriction. */
export type Concern = Pick<Finding, 'severity' | 'message' | 'restriction'>;

/**
 * Returns the findings of lint, and the reasons why no node accepts the rune.
 *
 * @param now in seconds since 1970
 * @param known the commands that runes can allow, if known
 */
export function concernsOf(rune: Rune, now: bigint, known?: LintOptions): readonly Concern[] {
  return [...unacceptable(rune), ...lint(rune, now, known)];
}

/** Names that only the gateway checks. */
const OF_THE_GATEWAY = ['listclnrest-notifications', 'metrics'];

/**
 * Returns the commands that runes can allow, with their parameters; undefined if the node's commands are unknown. Some
 * plugins describe no parameters of commands that have some.
 */
export function knownToLint(commands: readonly Command[] | undefined): LintOptions | undefined {
  if (commands === undefined || commands.length === 0) return undefined;
  const described = commands.filter(({ parameters }) => parameters.length > 0);
  return {
    commands: [...commands.map(({ name }) => name), ...OF_THE_GATEWAY],
    parameters: new Map(
      described.map(({ name, parameters }) => [
        name,
        parameters.map((parameter) => parameter.name),
      ]),
    ),
  };
}

/**
 * Returns a hint if restrictions were added to an unrestricted rune: the pasted rune remains unrestricted.
 *
 * @param now in seconds since 1970
 */
export function concernsOfOriginal(
  given: Rune,
  added: readonly Restriction[],
  now: bigint,
): readonly Concern[] {
  const isUnrestricted = () => lint(given, now).some(({ code }) => code === 'unrestricted');
  if (added.length === 0 || !isUnrestricted()) return [];
  const message =
    'the rune you pasted is still unrestricted: share only the new, restricted rune below';
  return [{ severity: 'hint', message }];
}

function unacceptable({ uniqueId, version }: Rune): Concern[] {
  const mistake = (message: string): Concern => ({ severity: 'mistake', message });
  if (uniqueId === undefined) {
    return [mistake('no unique id: no node accepts this rune')];
  }
  if (uniqueIdNumber(uniqueId) === undefined) {
    return [mistake('the unique id is not a number: no node accepts this rune')];
  }
  return version === undefined
    ? []
    : [mistake('this rune has a version, and nodes accept only runes without one')];
}
