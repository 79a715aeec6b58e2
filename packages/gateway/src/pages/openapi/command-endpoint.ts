import type { MediaType } from '../../formats/media-types.ts';
import type { Command } from './command.ts';
import { describe } from './description.ts';
import { errorResponses } from './error-responses.ts';
import { examplesOf, type RequestExample } from './examples.ts';
import type { Facts } from './facts/facts.ts';
import { asXml, asYaml, inEachFormat } from './media.ts';
import { type Endpoint, RUNE_NEEDED } from './operation.ts';
import { byName, byPosition } from './parameters-schema.ts';
import { placeholders } from './placeholders.ts';

/** Describes `POST /v1/<command>`. Refers to the schemas of {@link commandSchemas}. */
export function commandEndpoint(command: Command, facts: Facts): Endpoint {
  const { name, tag, summary } = command;
  return {
    path: `/v1/${name}`,
    verb: 'post',
    operation: {
      tags: [tag],
      operationId: name,
      summary,
      description: describe(command, facts),
      ...(command.facts?.deprecated && { deprecated: true }),
      security: RUNE_NEEDED,
      requestBody: requestBody(command),
      responses: { 201: result(command), ...errorResponses('command') },
    },
  };
}

/** Returns the schemas of a command's parameters and result by their component names. */
export function commandSchemas(command: Command): Readonly<Record<string, object>> {
  const { name, usage, facts } = command;
  return {
    // The root element of XML is named after the command.
    [objectSchemaName(command)]: { ...byName(usage, command), xml: { name } },
    [arraySchemaName(command)]: byPosition(usage, command),
    ...(facts && { [resultSchemaName(command)]: facts.result }),
  };
}

/** The suffix keeps the names unique. All characters of a command's name are valid in a component's name. */
function objectSchemaName({ name }: Command): string {
  return `${name}.parameters`;
}

function arraySchemaName({ name }: Command): string {
  return `${name}.positions`;
}

function resultSchemaName({ name }: Command): string {
  return `${name}.result`;
}

function requestBody(command: Command): object {
  const [first = {}] = requestExamples(command).map(({ params }) => params);
  const object = { $ref: `#/components/schemas/${objectSchemaName(command)}` };
  const array = { $ref: `#/components/schemas/${arraySchemaName(command)}` };
  const either = { anyOf: [object, array] };
  return {
    required: command.usage.parameters.some(({ isRequired }) => isRequired),
    content: {
      'application/json': { schema: either, examples: jsonExamples(command) },
      'application/yaml': { schema: either, example: asYaml(first) },
      ...(!Array.isArray(first) && {
        'application/xml': { schema: object, example: asXml(command.name, first) },
      }),
      'application/x-www-form-urlencoded': { schema: object },
    } satisfies Partial<Record<MediaType, object>>,
  };
}

/**
 * Describes a command's result: by the facts if `help` agrees with them, as an object for Core Lightning's other commands, as
 * any value for others.
 */
export function result(command: Command | undefined): object {
  const schema = command === undefined ? {} : schemaOfResult(command);
  return {
    description: 'The result of the command',
    content: {
      ...inEachFormat({ schema }),
      ...(command?.facts && {
        'application/json': { schema, example: command.facts.example },
      }),
    },
  };
}

function schemaOfResult(command: Command): object {
  if (command.facts !== undefined) {
    return { $ref: `#/components/schemas/${resultSchemaName(command)}` };
  }
  return command.isKnown ? { $ref: '#/components/schemas/Result' } : {};
}

function jsonExamples(command: Command): object {
  return Object.fromEntries(
    requestExamples(command).map(({ summary, params }, index) => [
      `e${index + 1}`,
      { summary, value: params },
    ]),
  );
}

function requestExamples(command: Command): readonly RequestExample[] {
  const { name, usage } = command;
  const summary = usage.parameters.length === 0 ? 'No parameters' : 'Required parameters';
  return examplesOf(name) ?? [{ summary, params: placeholders(usage, command) }];
}
