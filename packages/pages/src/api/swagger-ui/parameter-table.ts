import { inlineCode } from './inline-code.ts';
import type { ImmutableMap, Parts } from './types.ts';

interface RequestBodyProps {
  readonly requestBody: ImmutableMap;
  readonly contentType: string;
}

/** A JSON Schema, as far as the table shows it. */
interface Schema {
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly examples?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}

const FORM = 'application/x-www-form-urlencoded';

/**
 * Shows the parameters of a command above the body that contains them. Swagger UI shows them only in a second tab, and states
 * "No parameters" because none is outside the body. A form shows its fields itself.
 */
export const showParameters =
  (RequestBody: unknown, { React }: Parts) =>
  (props: RequestBodyProps): unknown => {
    const schema = parametersOf(props.requestBody);
    const table =
      props.contentType === FORM || schema === undefined ? null : tableOf(React, schema);
    return React.createElement(
      React.Fragment,
      null,
      table,
      React.createElement(RequestBody, props),
    );
  };

/** Returns the schema of parameters by name. */
function parametersOf(requestBody: ImmutableMap): Schema | undefined {
  const schema = requestBody.getIn(['content', 'application/json', 'schema']);
  if (schema === undefined) return undefined;
  const read = JSON.parse(JSON.stringify(schema)) as Schema;
  return read.anyOf?.[0] ?? read;
}

function tableOf(React: Parts['React'], { properties = {}, required = [] }: Schema): unknown {
  const names = Object.keys(properties);
  const make = React.createElement;
  if (names.length === 0) return make('p', { className: 'no-parameters' }, 'No parameters');
  const rows = names.map((name) => {
    const schema = properties[name] ?? {};
    const isRequired = required.includes(name);
    return make(
      'tr',
      { key: name },
      make(
        'td',
        null,
        make('code', { className: `parameter__name${isRequired ? ' required' : ''}` }, name),
        make('div', { className: 'parameter__type' }, typeInWords(schema)),
      ),
      make('td', null, ...inlineCode(React, schema.description ?? '')),
    );
  });
  return make(
    'table',
    { className: 'body-parameters' },
    make(
      'thead',
      null,
      make('tr', null, make('th', null, 'Parameter'), make('th', null, 'Description')),
    ),
    make('tbody', null, ...rows),
  );
}

/** Returns a type in words: "integer or string (msat)". Every optional parameter can be null, which the table omits. */
function typeInWords({ type = [], format, enum: values, examples, anyOf, items }: Schema): string {
  const listed = (values ?? examples)?.filter((value) => value !== null);
  if (listed !== undefined && listed.length > 0) return listed.map(String).join(' | ');
  if (anyOf !== undefined) {
    return [...new Set(anyOf.map(typeInWords))].filter((each) => each !== '').join(' or ');
  }
  const types = [type].flat().filter((each) => each !== 'null');
  const words = types.map((each) =>
    each === 'array' && items ? `array of ${typeInWords(items) || 'values'}` : each,
  );
  return words.join(' or ') + (format === undefined ? '' : ` (${format})`);
}
