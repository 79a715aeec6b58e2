import { type Call, type Circumstances, RuneSyntaxError } from '@clnrest/runes';
import { readBolt11 } from '@clnrest/runes/bolt11';
import { secondsOf } from '../narrowing/moment.ts';
import { canonical } from './canonical.ts';

/** “May this rune call X with Y at time T from node Z?” as it stands in the form. */
export interface Question {
  readonly method: string;
  readonly params: string;
  /** Now, if empty. */
  readonly time: string;
  readonly nodeId: string;
  /** How many seconds before, if it was used at all. */
  readonly lastUse: string;
}

export const NO_QUESTION: Question = { method: '', params: '', time: '', nodeId: '', lastUse: '' };

/** What is wrong with a question, at the inputs that it is about. */
export type QuestionProblems = Partial<Record<keyof Question, string>>;

/** A question as a judge takes it. */
export interface Asked {
  readonly call: Call;
  readonly circumstances: Circumstances;
}

const SECOND = 1_000_000_000n;

/** @param now in seconds since 1970 */
export function readQuestion(
  question: Question,
  now: bigint,
): Asked | { readonly problems: QuestionProblems } {
  const problems: { -readonly [input in keyof Question]?: string } = {};
  const params = readParams(question.params);
  if (params.problem !== undefined) problems.params = params.problem;
  const time = question.time === '' ? now : secondsOf(question.time);
  if (time === undefined) problems.time = 'This is no date and time.';
  const nodeId = question.nodeId.trim();
  if (nodeId !== '' && !/^0[23][0-9a-f]{64}$/i.test(nodeId)) {
    problems.nodeId = 'A node id has 66 hex digits and starts with 02 or 03.';
  }
  const pause = readPause(question.lastUse);
  if (pause.problem !== undefined) problems.lastUse = pause.problem;
  if (time === undefined || Object.keys(problems).length > 0) return { problems };

  const moment = time * SECOND;
  const lastUsed = pause.nanoseconds === undefined ? undefined : moment - pause.nanoseconds;
  return {
    call: {
      now: moment,
      method: question.method.trim(),
      params: params.text,
      nodeId: nodeId === '' ? undefined : nodeId,
    },
    circumstances: { lastUsed: () => lastUsed, readInvoice: readBolt11 },
  };
}

function readParams(given: string): { text?: string; problem?: string } {
  if (given.trim() === '') return {};
  try {
    return { text: canonical(given) };
  } catch (error) {
    if (!(error instanceof RuneSyntaxError)) throw error;
    const place = error.offset === undefined ? '' : ` at character ${error.offset + 1}`;
    return {
      problem: `Parameters are JSON, {"name": value} or [value, value]; this is none${place}: ${error.message}.`,
    };
  }
}

function readPause(given: string): { nanoseconds?: bigint; problem?: string } {
  const text = given.trim();
  if (text === '') return {};
  const [, whole, part = ''] = /^([0-9]{1,12})(?:[.,]([0-9]{1,9}))?$/.exec(text) ?? [];
  if (whole === undefined) return { problem: 'A number of seconds, such as 30.' };
  return { nanoseconds: BigInt(whole) * SECOND + BigInt(part.padEnd(9, '0')) };
}
