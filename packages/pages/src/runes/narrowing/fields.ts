import type { Condition } from '@clnrest/runes';

/** What a restriction can be about, as the form offers it. */
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

/** How the form asks for a field. */
export interface Field {
  readonly label: string;
  /** The operators that make sense for it, the likeliest first. */
  readonly conditions: readonly Condition[];
  /** What must be known beside the value: which parameter, which position, which unit of time. */
  readonly detail?: 'parameter' | 'position' | 'unit';
  readonly value: 'command' | 'time' | 'count' | 'json' | 'msat' | 'text' | 'node';
  /** What its author should know, in a sentence or two. */
  readonly help: string;
}

const TEXT: readonly Condition[] = ['=', '/', '^', '$', '~', '{', '}'];
const NUMBER: readonly Condition[] = ['<', '>', '=', '/'];

export const FIELDS: Readonly<Record<FieldKind, Field>> = {
  method: {
    label: 'Command',
    conditions: TEXT,
    value: 'command',
    help: 'The command that is asked for, such as pay. A beginning, such as list, allows all commands that start so.',
  },
  time: {
    label: 'Time',
    conditions: ['<', '>'],
    value: 'time',
    help: 'By your clock and in your time zone; the rune holds it in seconds since 1970.',
  },
  pname: {
    label: 'Parameter by name',
    conditions: ['=', '/', '^', '$', '~', '<', '>', '{', '}', '!'],
    detail: 'parameter',
    value: 'json',
    help: 'Does not hold for calls that give the parameter by position, unless it is “is not given”.',
  },
  parr: {
    label: 'Parameter by position',
    conditions: ['=', '/', '^', '$', '~', '<', '>', '{', '}', '!'],
    detail: 'position',
    value: 'json',
    help: 'Positions count from 0. Does not hold for calls that give parameters by name, unless it is “is not given”.',
  },
  pnum: {
    label: 'Number of parameters',
    conditions: ['=', '<', '>', '/'],
    value: 'count',
    help: 'How many parameters are given, by name or by position.',
  },
  pinv_amount: {
    label: 'Invoice: amount',
    conditions: NUMBER,
    detail: 'parameter',
    value: 'msat',
    help: 'Of the BOLT 11 invoice in the named parameter, in millisatoshi. Put it before other restrictions about parameters: some nodes refuse it behind them.',
  },
  pinv_description: {
    label: 'Invoice: description',
    conditions: TEXT,
    detail: 'parameter',
    value: 'text',
    help: 'Of the BOLT 11 invoice in the named parameter. Put it before other restrictions about parameters.',
  },
  pinv_node: {
    label: 'Invoice: who is paid',
    conditions: ['=', '/', '^', '$', '~', '{', '}'],
    detail: 'parameter',
    value: 'node',
    help: 'The payee’s node id in the BOLT 11 invoice in the named parameter. Put it before other restrictions about parameters.',
  },
  rate: {
    label: 'Uses a minute, at most',
    conditions: ['='],
    value: 'count',
    help: 'Evenly: 60 is one use a second, not sixty at once. All runes with the same unique id count together.',
  },
  per: {
    label: 'One use every …',
    conditions: ['='],
    detail: 'unit',
    value: 'count',
    help: 'All runes with the same unique id count together.',
  },
  id: {
    label: 'Asking node',
    conditions: ['=', '/', '^', '$', '~', '{', '}', '!'],
    value: 'node',
    help: 'The node id of the peer that asks through commando. Over REST there is none: only “is not given” holds there.',
  },
  comment: {
    label: 'A comment',
    conditions: ['#'],
    value: 'text',
    help: 'Restricts nothing: it holds for every call. Good to say what a rune is for.',
  },
};

export const FIELD_KINDS = Object.keys(FIELDS) as readonly FieldKind[];

/** What `per` counts in, as runes write it and as people say it. */
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

/** An operator in words that follow its field. */
export function conditionInWords(condition: Condition, kind: FieldKind): string {
  if (kind === 'time' && condition === '<') return 'is before';
  if (kind === 'time' && condition === '>') return 'is after';
  return WORDS[condition];
}
