import type { Alternative } from '../alternative.ts';
import { signedInteger } from '../integers.ts';
import { quoted } from '../quoted.ts';
import type { FindingCode } from './finding.ts';

/** A finding's code, severity and message. */
export type Mistake = readonly [FindingCode, 'mistake', string];

/** A condition inside a value: `method=a,method=b`. */
const CONDITION = /[,;|&\s]\s*(?:method|time|id|rate|per|pnum|p(?:name|arr|inv)\w+)[=/^$~<>{}!#]/;
/** The start of a path or of a request line before a command. */
const API_PATH = /^(?:[a-z]+:\/\/[^/]*|(?:GET|POST|PUT|DELETE)\s+)?\/*(?:v1\/+)?(?=\S)/i;

/** Finds values in which a condition, a quote, a blank or a path was not intended. */
export function valueMistakes(alternative: Alternative): Mistake[] {
  const { fieldname, condition, value } = alternative;
  if (condition === '#' || condition === '!') return [];
  if (fieldname === 'time') return timeMistakes(alternative);
  const found = severalInValue(alternative) ?? surrounded(alternative);
  if (found !== undefined) return [found];
  if (fieldname === 'id') return peerMistakes(alternative);
  if (fieldname !== 'method') return [];
  if (value === '' && condition === '=') {
    return [
      [
        'unknown_command',
        'mistake',
        "the name of the command is missing; write, for example, 'method=getinfo'",
      ],
    ];
  }
  const path = API_PATH.exec(value)?.[0] ?? '';
  if (path === '') return [];
  const better = `method${condition}${value.slice(path.length)}`;
  const message = `${quoted(path)} is not part of the command's name; write ${quoted(better)}`;
  return [['api_path', 'mistake', message]];
}

/** A node id, and the start of one. lightningd compares ids with their 66 hex digits in lower case. */
const NODE_ID = /^0[23][0-9a-f]{64}$/;
const START_OF_NODE_ID = /^(?:0|0[23][0-9a-f]{0,64})?$/;

function peerMistakes({ condition, value }: Alternative): Mistake[] {
  const form = condition === '=' ? NODE_ID : START_OF_NODE_ID;
  if ((condition !== '=' && condition !== '^') || form.test(value)) return [];
  const what =
    condition === '=' ? 'the 66 hex digits of a node id' : 'the first hex digits of a node id';
  const message = `no peer has the id ${quoted(value)}; write ${what}, in lower case and without an address`;
  return [['no_such_peer', 'mistake', message]];
}

function severalInValue({ fieldname, condition, value }: Alternative): Mistake | undefined {
  const bare = unquoted(value);
  const message = (fix: string): Mistake => [
    'several_in_value',
    'mistake',
    `${quoted(value)} is one value; ${fix}`,
  ];
  if (CONDITION.test(bare)) {
    const texts = parts(`${fieldname}${condition}${bare}`);
    const or = quoted(texts.join('|'));
    const and = texts.map((text) => quoted(text)).join(' and ');
    return message(`for alternatives write ${or}, for restrictions write ${and} separately`);
  }
  if (fieldname !== 'method' || !/\S[,;|&\s]+\S/.test(bare) || /^(?:GET|POST) /i.test(value)) {
    return undefined;
  }
  const names = parts(bare).map(unquoted);
  const or = quoted(names.map((name) => `method${condition}${name}`).join('|'));
  return message(`for several commands write ${or}`);
}

/** Splits at separators, and at the words that other languages have for them. */
function parts(text: string): string[] {
  return text.split(/[,;|&\s]+/).filter((part) => part !== '' && !/^(?:or|and)$/i.test(part));
}

/** Removes the quotes and blanks around a value. */
function unquoted(value: string): string {
  return value
    .trim()
    .replace(/^(["'`])((?:(?!\1).)*)\1$/s, '$2')
    .replace(/^[\u2018-\u201f](.*)[\u2018-\u201f]$/s, '$1')
    .trim();
}

/** Parameters and descriptions can have quotes and blanks, and a prefix can end with a blank. */
function surrounded({ fieldname, condition, value }: Alternative): Mistake | undefined {
  const isText = /^(?:pname|parr|pinv.*_description$)/s.test(fieldname);
  if (isText && condition !== '=') return undefined;
  const bare = unquoted(value);
  const what = value.trim() === bare ? 'blanks' : 'quotes';
  if (bare === value) return undefined;
  const better = quoted(`${fieldname}${condition}${bare}`);
  const message = `the ${what} around the value are part of it; write ${better}`;
  return ['surrounded', 'mistake', message];
}

/** The year 5138: any larger time is in milliseconds or smaller units. */
const MAX_SECONDS = 100_000_000_000n;
/** The year 2001: any smaller time is a duration. */
const MIN_SECONDS = 1_000_000_000n;

function timeMistakes({ condition, value }: Alternative): Mistake[] {
  if (!/[<>=/]/.test(condition)) {
    const message = `${quoted(`time${condition}${value}`)} compares digits, not times; to allow calls until a time, write ${EXAMPLE}`;
    return [['time_unit', 'mistake', message]];
  }
  const seconds = signedInteger(value);
  if (seconds === undefined) return textAsTime(condition, value);
  const unit = (message: string): Mistake[] => [
    ['time_unit', 'mistake', `${quoted(value)} ${message}`],
  ];
  if (seconds < MIN_SECONDS && seconds > 0n && condition === '<') {
    const day = Date.parse(value.replace(/^([0-9]{4})([0-9]{2})([0-9]{2})$/, '$1-$2-$3')) / 1_000;
    const fix =
      /^[0-9]{8}$/.test(value) && day > 0
        ? `write 'time<${day}'`
        : `write the time of the end in seconds since 1970`;
    return unit(`is a time in 1970 or soon after, not a duration or a date; ${fix}`);
  }
  if (seconds >= MAX_SECONDS) {
    const better = quoted(`time${condition}${inSeconds(seconds)}`);
    return unit(`is in milliseconds or smaller units, but time is in seconds; write ${better}`);
  }
  return condition === '=' && seconds >= MIN_SECONDS
    ? unit(
        `is one second, in which alone calls pass; to allow calls until then, write 'time<${seconds}'`,
      )
    : [];
}

function inSeconds(time: bigint): bigint {
  let seconds = time;
  while (seconds >= MAX_SECONDS) seconds /= 1_000n;
  return seconds;
}

/** 2030-01-01, in the form that the fixes show. */
const EXAMPLE = "'time<1893456000' (2030-01-01)";

function textAsTime(condition: string, value: string): Mistake[] {
  const bare = unquoted(value);
  const isDate = /^[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9:.]+(?:Z|[+-][0-9:]+)?)?$/.test(bare);
  const time = isDate ? Date.parse(bare) : Number.NaN;
  const digits = bare.replace(/\.[0-9]*$/, '');
  const seconds = Number.isNaN(time) ? signedInteger(digits) : BigInt(Math.floor(time / 1_000));
  if (seconds === undefined) {
    const message = `${quoted(value)} is not a time; write seconds since 1970, such as ${EXAMPLE}`;
    return [['time_unit', 'mistake', message]];
  }
  const better = quoted(`time${condition}${inSeconds(seconds)}`);
  return [['surrounded', 'mistake', `the time must be digits only; write ${better}`]];
}
