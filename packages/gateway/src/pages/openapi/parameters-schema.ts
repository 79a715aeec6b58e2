import type { Knowledge } from './command.ts';
import type { JsonSchema } from './facts/facts.ts';
import { valueSchema } from './parameter-types.ts';
import type { Parameter, Usage } from './usage.ts';

/** The JSON Schema of a command's parameters by name, in their order. */
export interface ByName {
  readonly type: 'object';
  readonly required?: readonly string[];
  readonly properties: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: boolean;
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
 * command is not part of Core Lightning, and refuses them if the facts list all.
 */
export function byName({ parameters, isComplete }: Usage, knowledge: Knowledge): ByName {
  const named = parameters.filter(hasName);
  const required = named.filter(({ isRequired }) => isRequired).map(({ name }) => name);
  const all = isComplete ? named : [...named, ...unlisted(named, knowledge)];
  const isClosed = isComplete && knowledge.facts !== undefined;
  return {
    type: 'object',
    ...(required.length > 0 && { required }),
    // Not an object literal, because a parameter can be named `__proto__`.
    properties: Object.fromEntries(
      all.map((parameter) => [parameter.name, parameterSchema(parameter, knowledge)]),
    ),
    ...(isClosed && { additionalProperties: false }),
    ...(!(isComplete && knowledge.isKnown) && { additionalProperties: true }),
  };
}

/**
 * Returns the schema of parameters by position. `prefixItems` names each position. It is inside `allOf`, because client
 * generators read a bare `prefixItems` as an array of exactly that length.
 */
export function byPosition({ parameters }: Usage, knowledge: Knowledge): ByPosition {
  const minItems = parameters.findLastIndex(({ isRequired }) => isRequired) + 1;
  const prefixItems = parameters.map((parameter) => {
    const { name, choices } = parameter;
    const { type } = parameterSchema(parameter, knowledge);
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

/** Returns the parameters that only the facts list: those of `plugin` depend on its first parameter. */
function unlisted(named: readonly Named[], { facts }: Knowledge): readonly Named[] {
  const listed = new Set(named.map(({ name }) => name));
  const more = (facts?.positions ?? []).filter((name) => !listed.has(name));
  return more.map((name) => ({ name, isRequired: false, choices: [] }));
}

/** Returns the schema of one parameter: from the facts, else from its name if that determines the type. */
export function parameterSchema(
  { name, isRequired, choices }: Parameter,
  { isKnown, facts }: Knowledge,
): JsonSchema {
  const factual = facts && name !== undefined ? ownMember(facts.params, name) : undefined;
  if (factual !== undefined) return isRequired ? factual : acceptingNull(factual);
  const known: JsonSchema =
    isKnown && name !== undefined ? { ...valueSchema(name, isRequired) } : {};
  return choices.length === 0 ? known : { ...known, examples: choices };
}

function ownMember(
  schemas: Readonly<Record<string, JsonSchema>>,
  name: string,
): JsonSchema | undefined {
  return Object.hasOwn(schemas, name) ? schemas[name] : undefined;
}

/** An optional parameter can be null, which the server removes. */
function acceptingNull(schema: JsonSchema): JsonSchema {
  const { type, enum: values, anyOf } = schema;
  return {
    ...schema,
    ...(type !== undefined && { type: [type, 'null'].flat() }),
    ...(Array.isArray(values) && { enum: [...(values as unknown[]), null] }),
    ...(Array.isArray(anyOf) && { anyOf: [...(anyOf as unknown[]), { type: 'null' }] }),
  };
}
