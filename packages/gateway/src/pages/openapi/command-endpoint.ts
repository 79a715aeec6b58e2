import type { MediaType } from '../../formats/media-types.ts';
import type { Command } from './command.ts';
import { errorResponses, everyStatus } from './error-responses.ts';
import { examplesOf, type RequestExample } from './examples.ts';
import { code } from './markdown.ts';
import { asXml, asYaml, inEachFormat } from './media.ts';
import { type Endpoint, RUNE_NEEDED } from './operation.ts';
import { byName, byPosition } from './parameters-schema.ts';
import { placeholders } from './placeholders.ts';

/** Describes `POST /v1/<command>`. Refers to the schemas of {@link parameterSchemas}. */
export function commandEndpoint(command: Command): Endpoint {
  const { name, tag, summary } = command;
  return {
    path: `/v1/${name}`,
    verb: 'post',
    operation: {
      tags: [tag],
      operationId: name,
      summary,
      description: describe(command),
      security: RUNE_NEEDED,
      requestBody: requestBody(command),
      responses: { 201: result(command), ...errorResponses(everyStatus()) },
    },
  };
}

/** Returns the schemas of a command's parameters by their component names. */
export function parameterSchemas(command: Command): Readonly<Record<string, object>> {
  const { name, usage, isKnown } = command;
  return {
    // The root element of XML is named after the command.
    [objectSchemaName(command)]: { ...byName(usage, isKnown), xml: { name } },
    [arraySchemaName(command)]: byPosition(usage, isKnown),
  };
}

/** The suffix keeps the names unique. All characters of a command's name are valid in a component's name. */
function objectSchemaName({ name }: Command): string {
  return `${name}.parameters`;
}

function arraySchemaName({ name }: Command): string {
  return `${name}.positions`;
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

/** Describes a command's result: an object for Core Lightning's commands, any value for others. */
export function result(command: Command | undefined): object {
  const example = command && examplesOf(command.name)?.result;
  const schema = command?.isKnown === true ? { $ref: '#/components/schemas/Result' } : {};
  return {
    description: 'The result of the command',
    content: {
      ...inEachFormat({ schema }),
      ...(example !== undefined && { 'application/json': { schema, example } }),
    },
  };
}

/** Returns a command's usage and the description of its plugin as Markdown. */
export function describe({ name, usageLine, description }: Command): string {
  const usage = `Usage: ${code(`${name} ${usageLine}`)}. Parameters in brackets are optional.`;
  return description === '' ? usage : `${code(description)}\n\n${usage}`;
}

function jsonExamples(command: Command): object {
  return Object.fromEntries(
    requestExamples(command).map(({ summary, params }, index) => [
      `e${index + 1}`,
      { summary, value: params },
    ]),
  );
}

function requestExamples({ name, usage, isKnown }: Command): readonly RequestExample[] {
  const summary = usage.parameters.length === 0 ? 'No parameters' : 'Required parameters';
  return examplesOf(name)?.requests ?? [{ summary, params: placeholders(usage, isKnown) }];
}
