import type { Command } from './command.ts';
import { errorResponses, everyStatus } from './errors.ts';
import { examplesOf } from './examples.ts';
import { code } from './markdown.ts';
import { type Endpoint, RUNE_NEEDED } from './operation.ts';
import { byName, type ByName, byPosition } from './parameters-schema.ts';
import { placeholders } from './placeholders.ts';

/** `POST /v1/<command>`. Its parameters by name are a schema of their own, {@link parametersSchema}. */
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

/** The schema of a command's parameters by name, and what it is called among the components. */
export function parametersSchema(command: Command): readonly [name: string, schema: ByName] {
  return [schemaName(command), byName(command.usage, command.isKnown)];
}

/** No component of another kind has this ending, and a command's name has no character that is none here. */
function schemaName({ name }: Command): string {
  return `${name}.parameters`;
}

function requestBody(command: Command): object {
  const { usage, isKnown } = command;
  const named = { $ref: `#/components/schemas/${schemaName(command)}` };
  return {
    required: usage.parameters.some(({ isRequired }) => isRequired),
    content: {
      'application/json': {
        schema: { anyOf: [named, byPosition(usage, isKnown)] },
        examples: requestExamples(command),
      },
      'application/x-www-form-urlencoded': { schema: named },
    },
  };
}

/** The answer to a command that has run. Those of strangers may be anything. */
export function result(command: Command | undefined): object {
  const example = command && examplesOf(command.name)?.result;
  const content = {
    schema: command?.isKnown === true ? { $ref: '#/components/schemas/Result' } : {},
    ...(example !== undefined && { example }),
  };
  return { description: 'The command has run', content: { 'application/json': content } };
}

/** What it is, how it is used, and what its plugin says. */
export function describe({ name, usageLine, description }: Command): string {
  const used = `${code(`${name} ${usageLine}`)} is how \`help\` tells it; what stands in brackets may be left out.`;
  return description === '' ? used : `${code(description)}\n\n${used}`;
}

function requestExamples({ name, usage, isKnown }: Command): object {
  const requests = examplesOf(name)?.requests;
  if (requests === undefined) {
    const summary = usage.parameters.length === 0 ? 'No parameters' : 'What it must have';
    return { required: { summary, value: placeholders(usage, isKnown) } };
  }
  return Object.fromEntries(
    requests.map(({ summary, params }, index) => [`e${index + 1}`, { summary, value: params }]),
  );
}
