import { COMMAND_FACTS, errorCodes } from '@clnrest/commands';
import { categories, describeCommand } from '@clnrest/commands/descriptions';
import { commandSchemas } from '@clnrest/commands/schema-table';
import { resultExample } from './example.ts';
import type { Facts, FactsOfCommand } from './facts.ts';
import { parameterSchemas } from './parameter-schemas.ts';
import { resultSchema } from './result-schema.ts';

/**
 * Collects what `@clnrest/commands` knows, and converts it for OpenAPI. The bundler calls it, so that the server only
 * assembles the parts.
 */
export function collectFacts(): Facts {
  const names = Object.keys(COMMAND_FACTS) as (keyof typeof COMMAND_FACTS)[];
  const commands = names.flatMap((name) => {
    const facts = factsOf(name);
    return facts === undefined ? [] : [[name, facts] as const];
  });
  return { commands: Object.fromEntries(commands), categories, errors: errorNames() };
}

function factsOf(name: keyof typeof COMMAND_FACTS): FactsOfCommand | undefined {
  const described = describeCommand(name);
  if (described === undefined) return undefined;
  const { category, summary, description, params: texts } = described;
  const { defaults = {}, ...facts } = COMMAND_FACTS[name];
  const { params, result } = commandSchemas[name];
  return {
    ...facts,
    category,
    summary,
    ...(description !== undefined && { description }),
    params: parameterSchemas(params, texts, defaults),
    result: resultSchema(result),
    example: resultExample(result),
  };
}

function errorNames(): Readonly<Record<number, string>> {
  return Object.fromEntries(Object.entries(errorCodes).map(([name, code]) => [code, name]));
}
