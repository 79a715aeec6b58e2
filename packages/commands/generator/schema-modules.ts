import { docComment } from './doc.ts';
import type { Facts } from './fact-types.ts';
import { HEADER } from './header.ts';
import { type JsonSchema, rootSchema } from './json-schema.ts';
import { constantName, key } from './names.ts';
import { objectText } from './object-text.ts';

/** One named schema. */
interface NamedSchema {
  readonly constant: string;
  readonly doc: string;
  readonly schema: JsonSchema;
}

/** Returns the modules of schemas, by path. */
export function schemaFiles(facts: Facts): [string, string][] {
  const commands = Object.entries(facts.commands).map(([name, { params, result }]) => ({
    name,
    schemas: [
      named(
        constantName(name, 'params'),
        `Parameters of \`${name}\`.`,
        rootSchema(params, 'param'),
      ),
      named(constantName(name, 'result'), `Result of \`${name}\`.`, rootSchema(result, 'result')),
    ],
  }));
  const notifications = Object.values(facts.notifications).map(({ notification, response }) => ({
    name: notification,
    schemas: [
      named(
        constantName(notification, 'notification'),
        `Payload of the notification \`${notification}\`.`,
        rootSchema(response, 'result'),
      ),
    ],
  }));
  const hooks = Object.entries(facts.hooks).map(([name, { request, response }]) => ({
    name,
    schemas: [
      named(
        constantName(name, 'hookRequest'),
        `Payload of the hook \`${name}\`.`,
        rootSchema(request, 'result'),
      ),
      named(
        constantName(name, 'hookResponse'),
        `Response to the hook \`${name}\`.`,
        rootSchema(response, 'param'),
      ),
    ],
  }));
  const groups = [
    ...commands.map((each) => ({ ...each, file: each.name })),
    ...notifications.map((each) => ({ ...each, file: `${each.name}-notification` })),
    ...hooks.map((each) => ({ ...each, file: `${each.name}-hook` })),
  ];
  return [
    ...groups.map(({ file, schemas }): [string, string] => [
      `src/schemas/${file}.ts`,
      HEADER + schemaModule(schemas),
    ]),
    [
      'src/schemas.ts',
      HEADER +
        groups
          .map(
            ({ file, schemas }) =>
              `export { ${schemas.map(({ constant }) => constant).join(', ')} } from './schemas/${file}.ts';`,
          )
          .join('\n'),
    ],
    ['src/schema-table.ts', HEADER + schemaTable(commands, notifications, hooks)],
  ];
}

function named(constant: string, doc: string, schema: JsonSchema): NamedSchema {
  return { constant, doc, schema };
}

function schemaModule(schemas: readonly NamedSchema[]): string {
  const constants = schemas.map(
    ({ constant, doc, schema }) =>
      `${docComment([doc])}export const ${constant}: Schema = ${objectText(schema)};`,
  );
  return `import type { Schema } from '../schema.ts';\n\n${constants.join('\n\n')}\n`;
}

interface SchemaGroup {
  readonly name: string;
  readonly schemas: readonly NamedSchema[];
}

function schemaTable(
  commands: readonly SchemaGroup[],
  notifications: readonly SchemaGroup[],
  hooks: readonly SchemaGroup[],
): string {
  const table = (
    name: string,
    type: string,
    doc: string,
    groups: readonly SchemaGroup[],
    members: readonly string[],
  ) => {
    const entries = groups.map(({ name: entry, schemas }) => {
      const values = schemas.map(({ constant }, at) =>
        members.length === 0 ? `schemas.${constant}` : `${members[at]}: schemas.${constant}`,
      );
      return `${key(entry)}: ${members.length === 0 ? values.join() : `{ ${values.join(', ')} }`},`;
    });
    return `${docComment([doc])}export const ${name}: ${type} = {\n${entries.join('\n')}\n};`;
  };
  return [
    "import type { Schema } from './schema.ts';\nimport * as schemas from './schemas.ts';\nimport type { LightningdCommand } from './types/commands.ts';\nimport type { HookName } from './types/hooks.ts';\nimport type { NotificationTopic } from './types/notifications.ts';",
    table(
      'commandSchemas',
      'Readonly<Record<LightningdCommand, { readonly params: Schema; readonly result: Schema }>>',
      'The schemas of all commands, by name.',
      commands,
      ['params', 'result'],
    ),
    table(
      'notificationSchemas',
      'Readonly<Record<NotificationTopic, Schema>>',
      'The schemas of the payloads of all notifications, by topic.',
      notifications,
      [],
    ),
    table(
      'hookSchemas',
      'Readonly<Record<HookName, { readonly request: Schema; readonly response: Schema }>>',
      'The schemas of all hooks, by name.',
      hooks,
      ['request', 'response'],
    ),
  ].join('\n\n');
}
