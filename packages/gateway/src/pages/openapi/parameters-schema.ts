import { type ValueSchema, valueSchema } from './parameter-types.ts';
import type { Parameter, Usage } from './usage.ts';

/** The JSON Schema of a command's parameters by name, in their order. */
export interface ByName {
  readonly type: 'object';
  readonly required?: readonly string[];
  readonly properties: Readonly<Record<string, ValueSchema>>;
  readonly additionalProperties?: true;
}

/** The JSON Schema of a command's parameters by position. */
export interface ByPosition {
  readonly type: 'array';
  readonly description: string;
  readonly items: object;
  readonly minItems?: number;
  readonly allOf?: readonly object[];
}

/**
 * Returns the schema of parameters by name. It allows additional parameters if the usage line is incomplete or the
 * command is not part of Core Lightning.
 *
 * @param isKnown whether the command is part of Core Lightning, so that some names determine types
 */
export function byName({ parameters, isComplete }: Usage, isKnown: boolean): ByName {
  const named = parameters.filter(hasName);
  const required = named.filter(({ isRequired }) => isRequired).map(({ name }) => name);
  return {
    type: 'object',
    ...(required.length > 0 && { required }),
    // Not an object literal, because a parameter can be named `__proto__`.
    properties: Object.fromEntries(
      named.map((parameter) => [parameter.name, schemaOf(parameter, isKnown)]),
    ),
    ...(!(isComplete && isKnown) && { additionalProperties: true }),
  };
}

/**
 * Returns the schema of parameters by position. `prefixItems` names each position. It is inside `allOf`, because client
 * generators read a bare `prefixItems` as an array of exactly that length.
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
    description: 'Parameters by position; `null` omits a parameter.',
    items: {},
    ...(minItems > 0 && { minItems }),
    // `prefixItems` must not be empty (JSON Schema 2020-12, core, section 10.3.1.1).
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
