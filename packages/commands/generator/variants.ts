import type { FactSchema } from './fact-types.ts';

/** One form of an object: its members, and which of them are required. */
export interface ObjectForm {
  readonly properties: Readonly<Record<string, FactSchema>>;
  readonly required: readonly string[];
}

/** One member of a union, which excludes the others. */
export interface Variant extends ObjectForm {
  /** Members that this variant never has. */
  readonly absent: readonly string[];
}

/** An object schema as a common part, and unions that are independent of each other. */
export interface Decomposition {
  readonly common: ObjectForm;
  readonly unions: readonly (readonly Variant[])[];
}

type Value = string | boolean | number;
/** Represents the strings that no condition names. */
const OTHER = Symbol('other');
type Choice = Value | typeof OTHER;

/** What a condition looks at: the value of a member, or whether it is present. */
interface Dimension {
  readonly name: string;
  readonly kind: 'value' | 'presence';
  readonly choices: readonly Choice[];
}

interface Condition {
  readonly values: ReadonlyMap<string, readonly Value[]>;
  readonly present: readonly string[];
  readonly then: FactSchema;
  readonly else: FactSchema;
}

/** A set of choices per dimension. */
type Rectangle = ReadonlyMap<string, readonly Choice[]>;

const MAX_COMBINATIONS = 4096;

/** Turns `if`, `then`, `else`, `allOf` and top-level `oneOf` into unions. */
export function decompose(schema: FactSchema): Decomposition {
  const base = objectForm(schema);
  const groups = independentGroups(conditionsOf(schema));
  const touched = new Set(groups.flatMap((group) => [...touchedBy(group)]));
  const choices = schema.oneOf ?? [];
  for (const name of choices.flatMap(({ required }) => required ?? [])) touched.add(name);
  const unions = groups.map((group) => variantsOf(base, group));
  if (choices.length > 0) unions.push(alternatives(base, choices));
  const common = without(base, touched);
  return {
    common: unions.reduce(
      (form, [only, ...others]) =>
        only !== undefined && others.length === 0 ? joinForms(form, only) : form,
      common,
    ),
    unions: unions.filter((union) => union.length > 1),
  };
}

function joinForms(a: ObjectForm, b: ObjectForm): ObjectForm {
  return {
    properties: { ...a.properties, ...b.properties },
    required: [...a.required, ...b.required],
  };
}

function objectForm(schema: FactSchema): ObjectForm {
  return { properties: schema.properties ?? {}, required: schema.required ?? [] };
}

function conditionsOf(schema: FactSchema): Condition[] {
  const own = schema.if === undefined ? [] : [conditionOf(schema.if, schema)];
  return [...own, ...(schema.allOf ?? []).flatMap(conditionsOf)];
}

function conditionOf(test: FactSchema, schema: FactSchema): Condition {
  const values = Object.entries(test.properties ?? {}).flatMap(([name, { enum: choices }]) =>
    choices === undefined ? [] : [[name, choices as Value[]] as const],
  );
  const named = new Set(values.map(([name]) => name));
  return {
    values: new Map(values),
    present: (test.required ?? []).filter((name) => !named.has(name)),
    then: schema.then ?? {},
    else: schema.else ?? {},
  };
}

/** Joins conditions that look at the same members, or that add the same ones. */
function independentGroups(conditions: readonly Condition[]): Condition[][] {
  const groups: Condition[][] = [];
  for (const condition of conditions) {
    const touched = touchedBy([condition]);
    const related = groups.filter((group) =>
      [...touchedBy(group)].some((name) => touched.has(name)),
    );
    for (const group of related) groups.splice(groups.indexOf(group), 1);
    groups.push([...related.flat(), condition]);
  }
  return groups;
}

function touchedBy(conditions: readonly Condition[]): Set<string> {
  const names = conditions.flatMap((condition) => [
    ...condition.values.keys(),
    ...condition.present,
    ...addedBy(condition.then),
    ...addedBy(condition.else),
  ]);
  return new Set(names);
}

function addedBy(branch: FactSchema): string[] {
  const stated = Object.entries(branch.properties ?? {}).filter(([, schema]) => states(schema));
  return [
    ...stated.map(([name]) => name),
    ...(branch.required ?? []),
    ...touchedBy(conditionsOf(branch)),
  ];
}

/** Placeholders such as `"label": {}` only allow a member, which every object may have. */
function states(schema: FactSchema): boolean {
  return Object.keys(schema).length > 0;
}

function variantsOf(base: ObjectForm, conditions: readonly Condition[]): Variant[] {
  const dimensions = dimensionsOf(base, conditions);
  const touched = touchedBy(conditions);
  const byForm = new Map<string, { form: ObjectForm; cells: Rectangle[] }>();
  for (const cell of combinations(dimensions)) {
    const form = onlyTouched(formAt(base, conditions, cell), touched, cell, dimensions);
    const text = JSON.stringify(form);
    const entry = byForm.get(text) ?? { form, cells: [] };
    entry.cells.push(cell);
    byForm.set(text, entry);
  }
  return [...byForm.values()].flatMap(({ form, cells }) =>
    mergeRectangles(cells).map((rectangle) => variantAt(form, rectangle, dimensions)),
  );
}

function dimensionsOf(base: ObjectForm, conditions: readonly Condition[]): Dimension[] {
  const flat = conditions.flatMap(withNested);
  const names = new Set(flat.flatMap(({ values }) => [...values.keys()]));
  const valued = [...names].map((name): Dimension => {
    const choices = choicesOf(base.properties[name], flat, name);
    return { name, kind: 'value', choices };
  });
  const presences = [...new Set(flat.flatMap(({ present }) => present))]
    .filter((name) => !names.has(name) && !base.required.includes(name))
    .map((name): Dimension => ({ name, kind: 'presence', choices: [true, false] }));
  return [...valued, ...presences];
}

function withNested(condition: Condition): Condition[] {
  const nested = [...conditionsOf(condition.then), ...conditionsOf(condition.else)];
  return [condition, ...nested.flatMap(withNested)];
}

function choicesOf(
  schema: FactSchema | undefined,
  conditions: readonly Condition[],
  name: string,
): Choice[] {
  if (schema?.enum !== undefined) return [...(schema.enum as Value[])];
  if (schema?.type === 'boolean') return [true, false];
  return [...new Set(conditions.flatMap(({ values }) => values.get(name) ?? [])), OTHER];
}

function combinations(dimensions: readonly Dimension[]): Rectangle[] {
  let cells: Rectangle[] = [new Map()];
  for (const { name, choices } of dimensions) {
    cells = cells.flatMap((cell) => choices.map((choice) => new Map([...cell, [name, [choice]]])));
    if (cells.length > MAX_COMBINATIONS)
      throw new Error('the conditions have too many combinations');
  }
  return cells;
}

/** Returns the members of the object for one choice per dimension. */
function formAt(base: ObjectForm, conditions: readonly Condition[], cell: Rectangle): ObjectForm {
  let form = base;
  for (const condition of conditions) {
    const branch = holds(condition, cell) ? condition.then : condition.else;
    form = merge(form, branch);
    form = formAt(form, conditionsOf(branch), cell);
  }
  return form;
}

function holds(condition: Condition, cell: Rectangle): boolean {
  const at = (name: string) => cell.get(name)?.[0];
  return (
    [...condition.values].every(([name, values]) =>
      (values as Choice[]).includes(at(name) ?? OTHER),
    ) && condition.present.every((name) => at(name) !== false)
  );
}

function merge(form: ObjectForm, extra: FactSchema): ObjectForm {
  const properties = { ...form.properties };
  for (const [name, schema] of Object.entries(extra.properties ?? {})) {
    if (states(schema)) properties[name] = { ...properties[name], ...schema };
  }
  return { properties, required: [...new Set([...form.required, ...(extra.required ?? [])])] };
}

/** Leaves out what is common to all variants, and the dimensions, which {@link variantAt} adds. */
function onlyTouched(
  form: ObjectForm,
  touched: ReadonlySet<string>,
  cell: Rectangle,
  dimensions: readonly Dimension[],
): ObjectForm {
  const absent = dimensions.filter(
    ({ name, kind }) => kind === 'presence' && cell.get(name)?.[0] === false,
  );
  const names = Object.keys(form.properties).filter(
    (name) => touched.has(name) && !absent.some((dimension) => dimension.name === name),
  );
  return {
    properties: Object.fromEntries(names.map((name) => [name, form.properties[name] ?? {}])),
    required: names.filter((name) => form.required.includes(name)),
  };
}

/** Joins rectangles that differ in one dimension only, until none do. */
function mergeRectangles(cells: readonly Rectangle[]): Rectangle[] {
  const merged = [...cells];
  for (let at = 0; at < merged.length; at++) {
    for (let other = at + 1; other < merged.length; other++) {
      const joined = join(merged[at] ?? new Map(), merged[other] ?? new Map());
      if (joined === undefined) continue;
      merged[at] = joined;
      merged.splice(other, 1);
      other = at;
    }
  }
  return merged;
}

function join(a: Rectangle, b: Rectangle): Rectangle | undefined {
  const different = [...a.keys()].filter((name) => a.get(name)?.join() !== b.get(name)?.join());
  const [name] = different;
  if (name === undefined || different.length > 1) return undefined;
  return new Map([...a, [name, [...(a.get(name) ?? []), ...(b.get(name) ?? [])]]]);
}

function variantAt(
  form: ObjectForm,
  rectangle: Rectangle,
  dimensions: readonly Dimension[],
): Variant {
  const properties = { ...form.properties };
  const required = new Set(form.required);
  const absent: string[] = [];
  for (const { name, kind, choices } of dimensions) {
    const chosen = rectangle.get(name) ?? choices;
    if (kind === 'value') {
      const values = chosen.filter((choice) => choice !== OTHER);
      if (values.length === chosen.length) properties[name] = { ...properties[name], enum: values };
    } else if (chosen.length === 1) {
      if (chosen[0] === true) required.add(name);
      else absent.push(name);
    }
  }
  return { properties, required: [...required], absent };
}

function alternatives(base: ObjectForm, choices: readonly FactSchema[]): Variant[] {
  return choices.map((choice) => {
    const names = choice.required ?? [];
    const properties = names.map((name) => {
      const inner = choice.properties?.[name]?.required;
      const schema = base.properties[name] ?? {};
      return [name, inner === undefined ? schema : { ...schema, required: inner }] as const;
    });
    return { properties: Object.fromEntries(properties), required: names, absent: [] };
  });
}

function without(form: ObjectForm, names: ReadonlySet<string>): ObjectForm {
  const kept = Object.entries(form.properties).filter(([name]) => !names.has(name));
  return {
    properties: Object.fromEntries(kept),
    required: form.required.filter((name) => !names.has(name)),
  };
}
