import type { Condition } from '@clnrest/runes';

/** The fields that the form offers. */
export type FieldKind =
  | 'method'
  | 'time'
  | 'pname'
  | 'parr'
  | 'pnum'
  | 'pinv_amount'
  | 'pinv_description'
  | 'pinv_node'
  | 'rate'
  | 'per'
  | 'id'
  | 'comment';

/** The inputs for a field in the form. */
export interface Field {
  readonly label: string;
  /** The useful operators, the most likely first. */
  readonly conditions: readonly Condition[];
  /** An additional input: the parameter, its position or the unit of time. */
  readonly detail?: 'parameter' | 'position' | 'unit';
  readonly value: 'command' | 'time' | 'count' | 'json' | 'msat' | 'text' | 'node';
  /** A hint of one or two sentences. */
  readonly help: string;
}

const TEXT: readonly Condition[] = ['=', '/', '^', '$', '~', '{', '}'];
const NUMBER: readonly Condition[] = ['<', '>', '=', '/'];

export const FIELDS: Readonly<Record<FieldKind, Field>> = {
  method: {
    label: 'Command',
    conditions: TEXT,
    value: 'command',
    help: 'The requested command, such as pay. To allow all commands with the same prefix, such as list, use “starts with”.',
  },
  time: {
    label: 'Time',
    conditions: ['<', '>'],
    value: 'time',
    help: 'In your time zone. The rune stores seconds since 1970.',
  },
  pname: {
    label: 'Parameter by name',
    conditions: ['=', '/', '^', '$', '~', '<', '>', '{', '}', '!'],
    detail: 'parameter',
    value: 'json',
    help: 'Fails for calls that pass the parameter by position, except with “is not given”.',
  },
  parr: {
    label: 'Parameter by position',
    conditions: ['=', '/', '^', '$', '~', '<', '>', '{', '}', '!'],
    detail: 'position',
    value: 'json',
    help: 'Positions count from 0. Fails for calls that pass parameters by name, except with “is not given”.',
  },
  pnum: {
    label: 'Number of parameters',
    conditions: ['=', '<', '>', '/'],
    value: 'count',
    help: 'The number of parameters, by name or by position.',
  },
  pinv_amount: {
    label: 'Invoice: amount',
    conditions: NUMBER,
    detail: 'parameter',
    value: 'msat',
    help: 'The amount of the BOLT 11 invoice in this parameter, in millisatoshi. Put invoice restrictions before other restrictions on parameters: some nodes refuse them otherwise.',
  },
  pinv_description: {
    label: 'Invoice: description',
    conditions: TEXT,
    detail: 'parameter',
    value: 'text',
    help: 'The description of the BOLT 11 invoice in this parameter. Put invoice restrictions before other restrictions on parameters.',
  },
  pinv_node: {
    label: 'Invoice: payee',
    conditions: ['=', '/', '^', '$', '~', '{', '}'],
    detail: 'parameter',
    value: 'node',
    help: 'The payee’s node id in the BOLT 11 invoice in this parameter. Put invoice restrictions before other restrictions on parameters.',
  },
  rate: {
    label: 'Maximum uses per minute',
    conditions: ['='],
    value: 'count',
    help: 'Evenly spaced: 60 allows one use a second, not 60 at once. All runes with the same unique id share this limit.',
  },
  per: {
    label: 'One use every …',
    conditions: ['='],
    detail: 'unit',
    value: 'count',
    help: 'All runes with the same unique id share this limit.',
  },
  id: {
    label: 'Peer id',
    conditions: ['=', '/', '^', '$', '~', '{', '}', '!'],
    value: 'node',
    help: 'The node id of the peer that uses commando. Calls over REST have no peer, so only “is not given” holds.',
  },
  comment: {
    label: 'Comment',
    conditions: ['#'],
    value: 'text',
    help: 'Restricts nothing and always holds. Use it to describe the purpose of the rune.',
  },
};

export const FIELD_KINDS = Object.keys(FIELDS) as readonly FieldKind[];

/** The units of `per`. */
export const UNITS: readonly { readonly suffix: string; readonly label: string }[] = [
  { suffix: 'sec', label: 'seconds' },
  { suffix: 'min', label: 'minutes' },
  { suffix: 'hour', label: 'hours' },
  { suffix: 'day', label: 'days' },
  { suffix: 'msec', label: 'milliseconds' },
];

const WORDS: Readonly<Record<Condition, string>> = {
  '=': 'is',
  '/': 'is not',
  '^': 'starts with',
  $: 'ends with',
  '~': 'contains',
  '<': 'is less than',
  '>': 'is greater than',
  '{': 'sorts before',
  '}': 'sorts after',
  '!': 'is not given',
  '#': 'says',
};

/** Returns an operator in words, to follow its field. */
export function conditionInWords(condition: Condition, kind: FieldKind): string {
  if (kind === 'time' && condition === '<') return 'is before';
  if (kind === 'time' && condition === '>') return 'is after';
  return WORDS[condition];
}
