import type { Facts } from './facts.ts';
import { validValue, WRONG_VALUES } from './values.ts';

/** A parameter in the usage that `help` returns. */
export interface Parameter {
  readonly name: string;
  readonly required: boolean;
}

/** A generated call. Its parameters are JSON text, which depends on the node. */
export interface Call {
  readonly method: string;
  /** Identifies the call, the same for both nodes: `by name, without label`. */
  readonly what: string;
  readonly params: (facts: Facts) => string;
}

/** Reads a usage such as `id amount [feerate]`. */
export function readUsage(usage: string): Parameter[] {
  return usage
    .split(' ')
    .filter((word) => word !== '' && word !== '(DEPRECATED!)')
    .map((word) => ({ name: word.replaceAll(/[[\]]|=.*/g, ''), required: !word.startsWith('[') }));
}

/** Every way to call a command that the table of values covers. */
export function callsOf(method: string, parameters: readonly Parameter[]): Call[] {
  return [
    ...wholeCalls(method, parameters),
    ...parameters.flatMap((parameter) => callsAround(method, parameters, parameter)),
    ...parameters.flatMap((_, index) => callsWithWrong(method, parameters, index)),
  ];
}

function wholeCalls(method: string, parameters: readonly Parameter[]): Call[] {
  const valid =
    ({ name }: Parameter) =>
    (facts: Facts) =>
      validValue(facts, method, name);
  const needed = parameters.filter(({ required }) => required);
  return [
    { method, what: 'no parameters, by name', params: () => '{}' },
    { method, what: 'no parameters, by position', params: () => '[]' },
    { method, what: 'params is a string', params: () => '"x"' },
    { method, what: 'params is a number', params: () => '1' },
    { method, what: 'params is null', params: () => 'null' },
    named(method, 'the required parameters, by name', needed, valid),
    placed(method, 'the required parameters, by position', needed, valid),
    named(method, 'all parameters, by name', parameters, valid),
    placed(method, 'all parameters, by position', parameters, valid),
    {
      method,
      what: 'an unknown parameter, by name',
      params: (facts) => {
        const members = needed.map((one) => `${JSON.stringify(one.name)}:${valid(one)(facts)}`);
        return `{${[...members, '"nosuch":1'].join(',')}}`;
      },
    },
    ...parameters.slice(0, 1).map((first) => ({
      method,
      what: `${first.name} twice, by name`,
      params: (facts: Facts) => {
        const member = `${JSON.stringify(first.name)}:${valid(first)(facts)}`;
        return `{${[member, member].join(',')}}`;
      },
    })),
    {
      method,
      what: 'one parameter too many, by position',
      params: (facts) => `[${[...parameters.map((one) => valid(one)(facts)), '1'].join(',')}]`,
    },
  ];
}

type ValueOf = (parameter: Parameter) => (facts: Facts) => string;

function named(method: string, what: string, given: readonly Parameter[], value: ValueOf): Call {
  return {
    method,
    what,
    params: (facts) =>
      `{${given.map((one) => `${JSON.stringify(one.name)}:${value(one)(facts)}`).join(',')}}`,
  };
}

function placed(method: string, what: string, given: readonly Parameter[], value: ValueOf): Call {
  return {
    method,
    what,
    params: (facts) => `[${given.map((one) => value(one)(facts)).join(',')}]`,
  };
}

/** The calls that lack one parameter, which by position is null, and those with no other optional parameter. */
function callsAround(
  method: string,
  parameters: readonly Parameter[],
  { name, required }: Parameter,
): Call[] {
  const valid = (one: Parameter) => (facts: Facts) => validValue(facts, method, one.name);
  const rest = parameters.filter((one) => one.name !== name);
  const orNull: ValueOf = (one) => (one.name === name ? () => 'null' : valid(one));
  const kind = required ? 'the required' : 'the optional';
  const accompanied = parameters.filter((one) => one.required || one.name === name);
  const orAbsent: ValueOf = (one) => (accompanied.includes(one) ? valid(one) : () => 'null');
  const upTo = parameters.slice(0, parameters.findIndex((one) => one.name === name) + 1);
  return [
    ...(required
      ? []
      : [
          named(method, `with the optional ${name}, by name`, accompanied, valid),
          placed(method, `with the optional ${name}, by position`, upTo, orAbsent),
        ]),
    named(method, `without ${kind} ${name}, by name`, rest, valid),
    placed(method, `without ${kind} ${name}, by position`, parameters, orNull),
    named(
      method,
      `only ${name}, by name`,
      parameters.filter((one) => one.name === name),
      valid,
    ),
  ];
}

/** The calls in which one parameter is wrong, and only required ones accompany it. */
function callsWithWrong(method: string, parameters: readonly Parameter[], index: number): Call[] {
  const parameter = parameters[index];
  if (parameter === undefined) return [];
  const { name } = parameter;
  const accompanied = parameters.filter((one, at) => one.required || at === index);
  return WRONG_VALUES.flatMap((wrong) => {
    const value: ValueOf = (one) => (facts) =>
      one.name === name ? wrong : validValue(facts, method, one.name);
    const orNull: ValueOf = (one) => (facts) =>
      accompanied.includes(one) ? value(one)(facts) : 'null';
    return [
      named(method, `${name}=${wrong}, by name`, accompanied, value),
      placed(method, `${name}=${wrong}, by position`, parameters.slice(0, index + 1), orNull),
    ];
  });
}
