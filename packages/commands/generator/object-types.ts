import { withDefault } from '../src/with-default.ts';
import { defaultText } from './default-text.ts';
import { docComment, versionNotes } from './doc.ts';
import type { FactSchema } from './fact-types.ts';
import { key, typeName } from './names.ts';
import { scalarType } from './scalar-types.ts';
import { decompose, type ObjectForm, type Variant } from './variants.ts';

/** Describes the member of an object; the path starts at the parameters or the result. */
export type Describe = (path: readonly string[]) => string | undefined;

/** Where an object is: the start of the names of its types, and the path of members to it. */
export interface Place {
  readonly prefix: string;
  readonly path: readonly string[];
}

/** Collects the declarations of one module. */
export class TypeWriter {
  readonly declarations: string[] = [];
  readonly names: string[] = [];
  readonly formats = new Set<string>();
  readonly #direction: 'param' | 'result';
  readonly #describe: Describe;
  /** The schema of each nested object, by the name of its type. */
  readonly #schemas = new Map<string, string>();

  constructor(direction: 'param' | 'result', describe: Describe) {
    this.#direction = direction;
    this.#describe = describe;
  }

  /** Declares an object type, and those of its members before it. */
  declare(
    name: string,
    schema: FactSchema,
    doc: readonly string[],
    place: Place = { prefix: name, path: [] },
  ): void {
    const { common, unions } = decompose(visible(schema));
    const at = this.declarations.length;
    const body = this.#members(common, place);
    const parts = unions.map((union) => this.#union(union, place));
    const comment = docComment(doc);
    this.names.push(name);
    if (parts.length > 0) {
      const base = body === '' ? [] : [`{ ${body} }`];
      this.declarations.push(`${comment}export type ${name} = ${[...base, ...parts].join(' & ')};`);
    } else if (body === '') {
      this.declarations.push(`${comment}export type ${name} = ${this.#empty()};`);
    } else {
      this.declarations.push(`${comment}export interface ${name} { ${body} }`);
    }
    // The type that a reader looks for comes first.
    this.declarations.splice(at, 0, ...this.declarations.splice(-1));
  }

  /** Returns the type of a value. Objects get a declaration. */
  type(name: string, schema: FactSchema, path: readonly string[]): string {
    const { type, enum: values, oneOf, items } = schema;
    if (values !== undefined) return literals(values);
    if (oneOf !== undefined && type !== 'object') return this.#choice(name, oneOf, path);
    if (type === 'array') {
      const item = items === undefined ? 'unknown' : this.type(name, items, path);
      return `readonly ${/[ |]/.test(item) ? `(${item})` : item}[]`;
    }
    if (type === 'object') return this.#object(name, schema, path);
    return type === undefined ? 'unknown' : this.#scalar(type);
  }

  #empty(): string {
    if (this.#direction === 'param') return 'Readonly<Record<string, never>>';
    this.formats.add('JsonObject');
    return 'JsonObject';
  }

  #choice(name: string, choices: readonly FactSchema[], path: readonly string[]): string {
    return [...new Set(choices.map((choice) => this.type(name, choice, path)))].join(' | ');
  }

  #object(name: string, schema: FactSchema, path: readonly string[]): string {
    if (schema.properties === undefined || Object.keys(schema.properties).length === 0) {
      this.formats.add('JsonObject');
      return 'JsonObject';
    }
    const free = this.#nameFor(name, JSON.stringify(schema));
    if (this.names.includes(free)) return free;
    this.declare(free, schema, [], { prefix: free, path });
    return free;
  }

  /** Variants often repeat an object: equal ones share a name, and others get a number. */
  #nameFor(name: string, schema: string): string {
    for (let number = 1; ; number++) {
      const candidate = number === 1 ? name : `${name}${number}`;
      const known = this.#schemas.get(candidate);
      if (known === undefined) this.#schemas.set(candidate, schema);
      if (known === undefined || known === schema) return candidate;
    }
  }

  #scalar(type: string): string {
    const text = scalarType(type, this.#direction);
    if (text === undefined)
      throw new Error(
        `unknown type ${type}: add it to scalar-types.ts, src/formats.ts and src/check`,
      );
    for (const format of text.split(' | ')) if (/^[A-Z]/.test(format)) this.formats.add(format);
    return text;
  }

  #members({ properties, required }: ObjectForm, { prefix, path }: Place): string {
    const members = Object.entries(properties).map(([member, schema]) => {
      const inner = [...path, member];
      const type = this.type(typeName(prefix, member), schema, inner);
      const doc = docComment([
        withDefault(this.#describe(inner), defaultText(schema)) ?? '',
        ...versionNotes(schema),
      ]);
      return `${doc}${this.#member(member, type, required.includes(member))};`;
    });
    return members.join('\n');
  }

  #member(name: string, type: string, required: boolean): string {
    if (this.#direction === 'result') return `readonly ${key(name)}${required ? '' : '?'}: ${type}`;
    return required ? `${key(name)}: ${type}` : `${key(name)}?: ${type} | undefined`;
  }

  #union(variants: readonly Variant[], place: Place): string {
    this.formats.add('OneOf');
    const members = variants.map((variant) => {
      const body = this.#members(variant, place);
      const absent = variant.absent.map((member) => `readonly ${key(member)}?: never;`);
      return `{ ${[body, ...absent].join('\n')} }`;
    });
    return `OneOf<${members.join(' | ')}>`;
  }
}

/** Leaves out the parameters for lightningd's developers. */
export function visible(schema: FactSchema): FactSchema {
  if (schema.properties === undefined) return schema;
  const kept = Object.entries(schema.properties).filter(([, { hidden }]) => hidden !== true);
  return { ...schema, properties: Object.fromEntries(kept) };
}

function literals(values: readonly unknown[]): string {
  if (values.length === 2 && values.includes(true) && values.includes(false)) return 'boolean';
  return values
    .map((value) =>
      typeof value === 'string' ? `'${value.replaceAll("'", "\\'")}'` : String(value),
    )
    .join(' | ');
}
