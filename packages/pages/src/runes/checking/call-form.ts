import { type Call, type Circumstances, RuneSyntaxError } from '@clnrest/runes';
import { readInvoice } from '@clnrest/runes/invoices';
import { secondsOf } from '../restricting/moment.ts';
import { readNodeId } from '../restricting/node-id.ts';
import { canonical } from './canonical.ts';

/** The content of the form that describes a call to check. */
export interface CallForm {
  readonly method: string;
  readonly params: string;
  /** Empty: now. */
  readonly time: string;
  readonly nodeId: string;
  /** Seconds since the last use; empty: never used. */
  readonly lastUse: string;
}

export const EMPTY_CALL_FORM: CallForm = {
  method: '',
  params: '',
  time: '',
  nodeId: '',
  lastUse: '',
};

/** The problems of a form by input. */
export type CallFormProblems = Partial<Record<keyof CallForm, string>>;

/** The arguments of a check. */
export interface CheckInput {
  readonly call: Call;
  readonly circumstances: Circumstances;
}

const SECOND = 1_000_000_000n;

/**
 * Parses and validates the form.
 *
 * @param now in seconds since 1970
 */
export function readCallForm(
  question: CallForm,
  now: bigint,
): CheckInput | { readonly problems: CallFormProblems } {
  const problems: { -readonly [input in keyof CallForm]?: string } = {};
  const params = readParams(question.params);
  if (params.problem !== undefined) problems.params = params.problem;
  const time = question.time === '' ? now : secondsOf(question.time);
  if (time === undefined) problems.time = 'Enter a date and a time.';
  const peer = readPeer(question.nodeId);
  if (peer.problem !== undefined) problems.nodeId = peer.problem;
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
      nodeId: peer.nodeId,
    },
    circumstances: { lastUsed: () => lastUsed, readInvoice },
  };
}

function readPeer(given: string): { nodeId?: string; problem?: string } {
  return given.trim() === '' ? {} : readNodeId(given);
}

function readParams(given: string): { text?: string; problem?: string } {
  if (given.trim() === '') return {};
  try {
    return { text: canonical(given) };
  } catch (error) {
    if (!(error instanceof RuneSyntaxError)) throw error;
    const place = error.offset === undefined ? '' : ` at character ${error.offset + 1}`;
    return {
      problem: `Invalid parameters${place}: ${error.message}. Enter JSON: {"name": value} or [value, value].`,
    };
  }
}

function readPause(given: string): { nanoseconds?: bigint; problem?: string } {
  const text = given.trim();
  if (text === '') return {};
  const [, whole, part = ''] = /^([0-9]{1,12})(?:[.,]([0-9]{1,9}))?$/.exec(text) ?? [];
  if (whole === undefined) return { problem: 'Enter a number of seconds, such as 30.' };
  return { nanoseconds: BigInt(whole) * SECOND + BigInt(part.padEnd(9, '0')) };
}
