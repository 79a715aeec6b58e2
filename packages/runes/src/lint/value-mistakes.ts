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
    const texts = `${fieldname}${condition}${bare}`.split(/\s*[,;|&]\s*|\s+/).filter(Boolean);
    const or = quoted(texts.join('|'));
    const and = texts.map((text) => quoted(text)).join(' and ');
    return message(`for alternatives write ${or}, for restrictions write ${and} separately`);
  }
  if (fieldname !== 'method' || !/\S[,;|&\s]+\S/.test(bare) || /^(?:GET|POST) /i.test(value)) {
    return undefined;
  }
  const names = bare
    .split(/[,;|&\s]+/)
    .filter(Boolean)
    .map(unquoted);
  const or = quoted(names.map((name) => `method${condition}${name}`).join('|'));
  return message(`for several commands write ${or}`);
}

/** Removes the quotes and blanks around a value. */
function unquoted(value: string): string {
  return value
    .trim()
    .replace(/^(["'`])((?:(?!\1).)*)\1$/s, '$2')
    .trim();
}

/** Parameters and descriptions can have quotes and blanks, and a prefix can end with a blank. */
function surrounded({ fieldname, condition, value }: Alternative): Mistake | undefined {
  const isText = /^(?:pname|parr|pinv.*_description$)/s.test(fieldname);
  if (isText && condition !== '=') return undefined;
  const bare = value
    .trim()
    .replace(/^(["'`])((?:(?!\1).)*)\1$/s, '$2')
    .trim();
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
  let seconds = signedInteger(value);
  if (seconds === undefined) return textAsTime(condition, value);
  if (seconds < MIN_SECONDS && seconds > 0n && condition === '<') {
    const message = `${quoted(value)} is a time in 1970 or soon after, not a duration; write the time of the end in seconds since 1970`;
    return [['time_unit', 'mistake', message]];
  }
  if (seconds < MAX_SECONDS) return [];
  while (seconds >= MAX_SECONDS) seconds /= 1_000n;
  const better = quoted(`time${condition}${seconds}`);
  const message = `${quoted(value)} is in milliseconds or smaller units, but time is in seconds; write ${better}`;
  return [['time_unit', 'mistake', message]];
}

function textAsTime(condition: string, value: string): Mistake[] {
  const bare = value
    .trim()
    .replace(/^(["'`])((?:(?!\1).)*)\1$/s, '$2')
    .trim();
  const isDate = /^[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9:.]+(?:Z|[+-][0-9:]+)?)?$/.test(bare);
  const time = isDate ? Date.parse(bare) : Number.NaN;
  const seconds = Number.isNaN(time) ? signedInteger(bare) : BigInt(Math.floor(time / 1_000));
  if (seconds === undefined) return [];
  const better = quoted(`time${condition}${seconds}`);
  return [['surrounded', 'mistake', `the time must be digits only; write ${better}`]];
}
