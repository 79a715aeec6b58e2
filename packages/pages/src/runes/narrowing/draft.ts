import { Alternative, type Condition, Restriction, RuneSyntaxError } from '@clnrest/runes';
import { respelled, spelled } from '../asking/canonical.ts';
import { type FieldKind, FIELDS } from './fields.ts';
import { secondsOf } from './moment.ts';

/** One alternative as it stands in the form. */
export interface DraftAlternative {
  /** Tells it from the others while it is edited. */
  readonly key: number;
  readonly kind: FieldKind;
  /** The parameter's name or position, or the unit of time. */
  readonly detail: string;
  readonly condition: Condition;
  readonly value: string;
}

/** What is wrong with a draft, each at the input that it is about. */
export interface DraftProblem {
  readonly key: number;
  readonly input: 'detail' | 'value';
  readonly words: string;
}

/** A new line of the form. */
export function emptyDraft(key: number, kind: FieldKind = 'method'): DraftAlternative {
  const { conditions, detail } = FIELDS[kind];
  const [condition = '='] = conditions;
  return { key, kind, detail: detail === 'unit' ? 'min' : '', condition, value: '' };
}

/** The restriction that the form's lines make together, or all that is wrong with them. */
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
        ? { input: 'detail', words: 'Which parameter? Its name is missing.' }
        : undefined;
    case 'position':
      return /^(?:0|[1-9][0-9]{0,8})$/.test(detail.trim())
        ? undefined
        : { input: 'detail', words: 'Which position? A number from 0 on.' };
    default:
      return undefined;
  }
}

const MOST = 4_294_967_294n;

function valueProblem({ kind, condition, value }: DraftAlternative): Problem | undefined {
  const text = value.trim();
  const bad = (words: string): Problem => ({ input: 'value', words });
  if (condition === '!') return undefined;
  const isNumber = /^[0-9]{1,18}$/.test(text);
  switch (FIELDS[kind].value) {
    case 'time':
      return secondsOf(text) === undefined
        ? bad('When? A date and a time are missing.')
        : undefined;
    case 'count':
      if (!isNumber) return bad('How many? A number is missing.');
      return (kind === 'rate' || kind === 'per') && (BigInt(text) < 1n || BigInt(text) > MOST)
        ? bad(`A number from 1 to ${MOST}.`)
        : undefined;
    case 'msat':
      return isNumber ? undefined : bad('How much? A number of millisatoshi, without a unit.');
    case 'node':
      return nodeProblem(text, condition, bad);
    case 'json':
      return /[<>]/.test(condition) && !/^-?[0-9]{1,18}$/.test(text)
        ? bad('A whole number is missing: only numbers are less or greater.')
        : undefined;
    case 'command':
      return text === '' ? bad('Which command? Its name is missing.') : undefined;
    case 'text':
      return text === '' ? bad('A text is missing.') : undefined;
  }
}

function nodeProblem(
  text: string,
  condition: Condition,
  bad: (words: string) => Problem,
): Problem | undefined {
  if (condition === '=' || condition === '/') {
    return /^0[23][0-9a-f]{64}$/i.test(text)
      ? undefined
      : bad('A node id has 66 hex digits and starts with 02 or 03.');
  }
  return /^[0-9a-f]{1,66}$/i.test(text) ? undefined : bad('Part of a node id: hex digits.');
}

/** Older nodes know parameters only by their names without punctuation, newer ones by those, too. */
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
      return value.trim().toLowerCase();
    case 'command':
      return value.trim();
    case 'text':
      return value;
  }
}

/** A text as the judge finds it inside of JSON; arrays and objects are meant as they stand. */
function jsonValue(condition: Condition, value: string): string {
  if (condition === '<' || condition === '>') return value.trim();
  if (!/^[[{]/.test(value)) return spelled(value);
  try {
    return respelled(value);
  } catch {
    // It may be a part of one.
    return value;
  }
}

function inWords(error: RuneSyntaxError, kind: FieldKind): string {
  switch (error.code) {
    case 'nul_byte':
      return 'A rune can’t hold a zero byte.';
    case 'bad_text':
      return 'There is half of a character in it, which a rune can’t hold.';
    default:
      return `${FIELDS[kind].label}: ${error.message}.`;
  }
}
