import { type ValueSchema, valueSchema } from './parameter-types.ts';
import type { Parameter, Usage } from './usage.ts';

/** A command's parameters by name, in their order, as a JSON Schema. */
export interface ByName {
  readonly type: 'object';
  readonly required?: readonly string[];
  readonly properties: Readonly<Record<string, ValueSchema>>;
  readonly additionalProperties?: true;
}

/** The same by position. */
export interface ByPosition {
  readonly type: 'array';
  readonly description: string;
  readonly items: object;
  readonly minItems?: number;
  readonly allOf?: readonly object[];
}

/**
 * Parameters by name. Where the usage line may not tell all, there may be others, and so may be those of
 * a command of which we know nothing but what its plugin says.
 *
 * @param isKnown whether the names are Core Lightning's own, so that some tell what is meant
 */
export function byName({ parameters, isWhole }: Usage, isKnown: boolean): ByName {
  const named = parameters.filter(hasName);
  const required = named.filter(({ isRequired }) => isRequired).map(({ name }) => name);
  return {
    type: 'object',
    ...(required.length > 0 && { required }),
    // Not an object literal: a parameter may be called `__proto__`.
    properties: Object.fromEntries(
      named.map((parameter) => [parameter.name, schemaOf(parameter, isKnown)]),
    ),
    ...(!(isWhole && isKnown) && { additionalProperties: true }),
  };
}

/**
 * Parameters by position. `prefixItems` gives each place its name; it stands in `allOf` because
 * generators of clients take it, where it stands alone, for a list of just that length.
 */
export function byPosition({ parameters }: Usage, isKnown: boolean): ByPosition {
  const minItems = parameters.findLastIndex(({ isRequired }) => isRequired) + 1;
  const prefixItems = parameters.map((parameter) => {
    const { name, choices } = parameter;
    const { type } = schemaOf(parameter, isKnown);
    return { title: name ?? choices.join('|'), ...(type !== undefined && { type }) };
  });
  return {
    type: 'array',
    description: 'Parameters by position; `null` leaves one out.',
    items: {},
    ...(minItems > 0 && { minItems }),
    // There is no empty list of these (JSON Schema 2020-12, core, section 10.3.1.1).
    ...(prefixItems.length > 0 && { allOf: [{ prefixItems }] }),
  };
}

type Named = Parameter & { readonly name: string };

function hasName(parameter: Parameter): parameter is Named {
  return parameter.name !== undefined;
}

function schemaOf({ name, isRequired, choices }: Parameter, isKnown: boolean): ValueSchema {
  const known = isKnown && name !== undefined ? valueSchema(name, isRequired) : {};
  return choices.length === 0 ? known : { ...known, examples: choices };
}
