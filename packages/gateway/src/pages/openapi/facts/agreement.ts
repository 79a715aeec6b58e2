import type { Usage } from '../usage.ts';
import type { FactsOfCommand } from './facts.ts';

/**
 * Returns the facts about a command if the node's `help` agrees with them, and `undefined` if the node has another version of
 * the command: `help` must list each parameter of the facts. It can list further optional ones, because the facts have no
 * undocumented parameters and none for developers.
 *
 * v26.06.6 calls the first parameter of `pay` `invstring` in `help` and `bolt11` in its schema. If one required parameter of
 * the same position has another name in `help`, it gets that name.
 */
export function agreeingFacts(usage: Usage, facts: FactsOfCommand): FactsOfCommand | undefined {
  const { positions } = facts;
  const listed = new Set(usage.parameters.map(({ name }) => name));
  const missing = positions.filter((name) => !listed.has(name));
  const needed = usage.parameters.filter(
    ({ name = '', isRequired }) => isRequired && !positions.includes(name),
  );
  // An incomplete usage line does not list all parameters.
  if (needed.length === 0 && (missing.length === 0 || !usage.isComplete)) return facts;
  const [name] = missing;
  const [other] = needed;
  if (missing.length !== 1 || needed.length !== 1) return undefined;
  if (name === undefined || other?.name === undefined) return undefined;
  const isSamePlace = usage.parameters.indexOf(other) === positions.indexOf(name);
  const isRequired = facts.required.includes(name);
  return isSamePlace && isRequired ? renamed(facts, name, other.name) : undefined;
}

function renamed(facts: FactsOfCommand, old: string, name: string): FactsOfCommand {
  const rename = (each: string): string => (each === old ? name : each);
  const { positions, required, params } = facts;
  return {
    ...facts,
    positions: positions.map(rename),
    required: required.map(rename),
    params: Object.fromEntries(
      Object.entries(params).map(([each, schema]) => [rename(each), schema]),
    ),
  };
}
