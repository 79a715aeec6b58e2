import { Alternative, type Condition, Restriction, RuneSyntaxError } from '@clnrest/runes';
import { canonicalValue, canonicalText } from '../checking/canonical.ts';
import { type FieldKind, FIELDS } from './fields.ts';
import { secondsOf } from './moment.ts';
import { readNodeId } from './node-id.ts';

/** One alternative in the form. */
export interface DraftAlternative {
  /** Identifies the alternative while it is edited. */
  readonly key: number;
  readonly kind: FieldKind;
  /** The parameter's name or position, or the unit of time. */
  readonly detail: string;
  readonly condition: Condition;
  readonly value: string;
}

/** A problem of a draft and the input that has it. */
export interface DraftProblem {
  readonly key: number;
  readonly input: 'detail' | 'value';
  readonly words: string;
}

/** Creates a new line of the form. */
export function emptyDraft(key: number, kind: FieldKind = 'method'): DraftAlternative {
  const { conditions, detail } = FIELDS[kind];
  const [condition = '='] = conditions;
  return { key, kind, detail: detail === 'unit' ? 'min' : '', condition, value: '' };
}

/** Returns the restriction that the form describes, or all problems. */
export function readDraft(
  drafts: readonly DraftAlternative[],
): { readonly restriction: Restriction } | { readonly problems: readonly DraftProblem[] } {
  const read = drafts.map(readLine);
  const problems = read.filter((each): each is DraftProblem => !(each instanceof Alternative));
  if (problems.length > 0) return { problems };
  return { restriction: new Restriction(read.filter((each) => each instanceof Alternative)) };
}

function readLine(draft: DraftAlternative): Alternative | DraftProblem {
  const { key, kind, condition } = draft;
  const problem = detailProblem(draft) ?? valueProblem(draft);
  if (problem !== undefined) return { key, ...problem };
  try {
    return new Alternative(fieldname(draft), condition, valueOf(draft));
  } catch (error) {
    if (!(error instanceof RuneSyntaxError)) throw error;
    const input = error.code === 'bad_operator' ? 'detail' : 'value';
    return { key, input, words: inWords(error, kind) };
  }
}

type Problem = Pick<DraftProblem, 'input' | 'words'>;

function detailProblem({ kind, detail }: DraftAlternative): Problem | undefined {
  switch (FIELDS[kind].detail) {
    case 'parameter':
      return plainName(detail) === ''
        ? { input: 'detail', words: 'Enter a parameter name.' }
        : undefined;
    case 'position':
      return /^(?:0|[1-9][0-9]{0,8})$/.test(detail.trim())
        ? undefined
        : { input: 'detail', words: 'Enter a position, counted from 0.' };
    default:
      return undefined;
  }
}

const MAX_COUNT = 4_294_967_294n;

function valueProblem({ kind, condition, value }: DraftAlternative): Problem | undefined {
  const text = value.trim();
  const problem = (words: string): Problem => ({ input: 'value', words });
  if (condition === '!') return undefined;
  const isNumber = /^[0-9]{1,18}$/.test(text);
  switch (FIELDS[kind].value) {
    case 'time':
      return secondsOf(text) === undefined ? problem('Enter a date and a time.') : undefined;
    case 'count':
      if (!isNumber) return problem('Enter a number.');
      return (kind === 'rate' || kind === 'per') && (BigInt(text) < 1n || BigInt(text) > MAX_COUNT)
        ? problem(`Enter a number from 1 to ${MAX_COUNT}.`)
        : undefined;
    case 'msat':
      return isNumber ? undefined : problem('Enter an amount in millisatoshi, without a unit.');
    case 'node':
      return nodeProblem(text, condition, problem);
    case 'json':
      return /[<>]/.test(condition) && !/^-?[0-9]{1,18}$/.test(text)
        ? problem('Enter an integer: this operator compares only integers.')
        : undefined;
    case 'command':
      return text === '' ? problem('Enter a command.') : undefined;
    case 'text':
      return text === '' ? problem('Enter text.') : undefined;
  }
}

function nodeProblem(
  text: string,
  condition: Condition,
  problem: (words: string) => Problem,
): Problem | undefined {
  if (isWholeId(condition)) {
    const read = readNodeId(text);
    return 'problem' in read ? problem(read.problem) : undefined;
  }
  return /^[0-9a-f]{1,66}$/i.test(text) ? undefined : problem('Enter hex digits.');
}

/** Other operators compare parts of ids. */
function isWholeId(condition: Condition): boolean {
  return condition === '=' || condition === '/';
}

/** Removes punctuation, since older nodes support only parameter names without it. */
function plainName(name: string): string {
  return name.replace(/[!-/:-@[-`{-~]/g, '').trim();
}

function fieldname({ kind, detail }: DraftAlternative): string {
  switch (kind) {
    case 'pname':
      return `pname${plainName(detail)}`;
    case 'parr':
      return `parr${detail.trim()}`;
    case 'pinv_amount':
      return `pinv${plainName(detail)}_amount`;
    case 'pinv_description':
      return `pinv${plainName(detail)}_description`;
    case 'pinv_node':
      return `pinv${plainName(detail)}_node`;
    default:
      return kind;
  }
}

function valueOf({ kind, detail, condition, value }: DraftAlternative): string {
  if (condition === '!') return '';
  switch (FIELDS[kind].value) {
    case 'time':
      return String(secondsOf(value) ?? '');
    case 'count':
    case 'msat':
      return String(BigInt(value.trim())) + (kind === 'per' ? detail : '');
    case 'json':
      return jsonValue(condition, value);
    case 'node':
      return nodeValue(condition, value.trim());
    case 'command':
      return value.trim();
    case 'text':
      return value;
  }
}

function nodeValue(condition: Condition, value: string): string {
  const read = isWholeId(condition) ? readNodeId(value) : undefined;
  return read !== undefined && 'nodeId' in read ? read.nodeId : value.toLowerCase();
}

/** Returns the canonical JSON that runes are compared with. Arrays and objects are parsed as JSON. */
function jsonValue(condition: Condition, value: string): string {
  if (condition === '<' || condition === '>') return value.trim();
  if (!/^[[{]/.test(value)) return canonicalText(value);
  try {
    return canonicalValue(value);
  } catch {
    // The value can be a part of an array or object.
    return value;
  }
}

function inWords(error: RuneSyntaxError, kind: FieldKind): string {
  switch (error.code) {
    case 'nul_byte':
      return 'A rune cannot contain a zero byte.';
    case 'bad_text':
      return 'The text contains an unpaired surrogate, which a rune cannot contain.';
    default:
      return `${FIELDS[kind].label}: ${error.message}.`;
  }
}
