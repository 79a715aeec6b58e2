import type { MediaType } from '../../formats/media-types.ts';
import type { Command } from './command.ts';
import { errorResponses, everyStatus } from './errors.ts';
import { examplesOf, type RequestExample } from './examples.ts';
import { code } from './markdown.ts';
import { asXml, asYaml, inEachFormat } from './media.ts';
import { type Endpoint, RUNE_NEEDED } from './operation.ts';
import { byName, byPosition } from './parameters-schema.ts';
import { placeholders } from './placeholders.ts';

/** `POST /v1/<command>`. Its parameters are schemas of their own, {@link parameterSchemas}. */
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

/** The schemas of a command's parameters, and what they are called among the components. */
export function parameterSchemas(command: Command): Readonly<Record<string, object>> {
  const { name, usage, isKnown } = command;
  return {
    // The root element of XML is named after the command.
    [namedSchema(command)]: { ...byName(usage, isKnown), xml: { name } },
    [listedSchema(command)]: byPosition(usage, isKnown),
  };
}

/** No component of another kind has such an ending, and a command's name has no character that is none here. */
function namedSchema({ name }: Command): string {
  return `${name}.parameters`;
}

function listedSchema({ name }: Command): string {
  return `${name}.positions`;
}

function requestBody(command: Command): object {
  const [first = {}] = requestExamples(command).map(({ params }) => params);
  const named = { $ref: `#/components/schemas/${namedSchema(command)}` };
  const listed = { $ref: `#/components/schemas/${listedSchema(command)}` };
  const either = { anyOf: [named, listed] };
  return {
    required: command.usage.parameters.some(({ isRequired }) => isRequired),
    content: {
      'application/json': { schema: either, examples: jsonExamples(command) },
      'application/yaml': { schema: either, example: asYaml(first) },
      ...(!Array.isArray(first) && {
        'application/xml': { schema: named, example: asXml(command.name, first) },
      }),
      'application/x-www-form-urlencoded': { schema: named },
    } satisfies Partial<Record<MediaType, object>>,
  };
}

/** The answer to a command that has run. Those of strangers may be anything. */
export function result(command: Command | undefined): object {
  const example = command && examplesOf(command.name)?.result;
  const schema = command?.isKnown === true ? { $ref: '#/components/schemas/Result' } : {};
  return {
    description: 'The command has run',
    content: {
      ...inEachFormat({ schema }),
      ...(example !== undefined && { 'application/json': { schema, example } }),
    },
  };
}

/** What it is, how it is used, and what its plugin says. */
export function describe({ name, usageLine, description }: Command): string {
  const used = `${code(`${name} ${usageLine}`)} is how \`help\` tells it; what stands in brackets may be left out.`;
  return description === '' ? used : `${code(description)}\n\n${used}`;
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
  const summary = usage.parameters.length === 0 ? 'No parameters' : 'What it must have';
  return examplesOf(name)?.requests ?? [{ summary, params: placeholders(usage, isKnown) }];
}
