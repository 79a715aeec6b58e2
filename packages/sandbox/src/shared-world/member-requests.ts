import { randomInt } from 'node:crypto';
import { onAbort } from '@clnrest/bounds';
import type { PeerMessage } from '@clnrest/commando/peer';
import type { Answer } from '../bolt12/request-problem.ts';
import { CommandError, ErrorCode } from '../commands/errors.ts';
import type { RemotePeer } from '../peers/remote-peer.ts';

/** An odd type of the range for experiments (BOLT 1): other nodes ignore it. */
const MEMBER_MESSAGE = 54_321;

/** A channel that a node of the shared world wants to open. Amounts are decimal. */
interface OpenRequest {
  readonly name: 'open';
  readonly capacitySat: string;
  readonly pushMsat: string;
}

/** An invoice request (`lnr1…`) for an offer, or an invoice (`lni1…`) for an invoice request. */
interface Bolt12Request {
  readonly name: 'invoice_request' | 'invoice';
  readonly text: string;
}

/** What a node of the shared world asks another one. */
export type MemberRequest = OpenRequest | Bolt12Request;

/** Answers a request of the node with this id. */
export type AnswerMember = (id: string, request: MemberRequest) => Promise<Answer<string>>;

type Message =
  | { readonly kind: 'ask'; readonly id: number; readonly request: MemberRequest }
  | { readonly kind: 'sent' | 'problem'; readonly id: number; readonly text: string };

interface Waiting {
  readonly peerId: string;
  readonly request: MemberRequest;
  readonly resolve: (answer: Answer<string>) => void;
  readonly reject: (error: unknown) => void;
}

/** Answers that can be sent again. They are needed for a moment. */
const MAX_ANSWERS = 1000;

/** The ids of a node's requests begin below this number, so that they differ after a restart. */
const MAX_FIRST_ID = 2 ** 47;

/**
 * Requests between nodes of the shared world, over their connections. If another connection replaces one, the requests that wait are
 * sent again, and the other node answers each once. They change nothing by themselves, so a kill loses only the reply.
 */
export class MemberRequests {
  readonly #isMember: (id: string) => boolean;
  readonly #waiting = new Map<number, Waiting>();
  readonly #answers = new Map<string, Promise<Answer<string>>>();
  #answer: AnswerMember | undefined;
  #next = randomInt(MAX_FIRST_ID);

  constructor(isMember: (id: string) => boolean) {
    this.#isMember = isMember;
  }

  /** Answers requests from now on. */
  serve(answer: AnswerMember): void {
    this.#answer = answer;
  }

  /**
   * Asks a connected node.
   *
   * @throws CommandError, by its promise, if the node disconnects, or the reason of the signal
   */
  async ask(
    peer: RemotePeer,
    request: MemberRequest,
    signal?: AbortSignal,
  ): Promise<Answer<string>> {
    if (peer.isClosed) throw disconnected();
    const id = this.#next++;
    const { promise, resolve, reject } = deferred<Answer<string>>();
    this.#waiting.set(id, { peerId: peer.id, request, resolve, reject });
    const stopListening = signal && onAbort(signal, () => reject(signal.reason));
    send(peer, { kind: 'ask', id, request });
    try {
      return await promise;
    } finally {
      stopListening?.();
      this.#waiting.delete(id);
    }
  }

  /** @returns false if the message is another one */
  handle(peer: RemotePeer, { type, payload }: PeerMessage): boolean {
    if (type !== MEMBER_MESSAGE || !this.#isMember(peer.id)) return false;
    const message = readMessage(payload);
    if (message === undefined) return false;
    if (message.kind === 'ask') void this.#reply(peer, message.id, message.request);
    else this.#settle(peer, message.id, message);
    return true;
  }

  /** Sends the requests again that wait since an earlier connection, on which they can be lost. */
  onConnect(peer: RemotePeer): void {
    for (const [id, { peerId, request }] of this.#waiting) {
      if (peerId === peer.id) send(peer, { kind: 'ask', id, request });
    }
  }

  /** No connection with the node is left. */
  onLost(id: string): void {
    for (const { peerId, reject } of this.#waiting.values()) {
      if (peerId === id) reject(disconnected());
    }
  }

  async #reply(peer: RemotePeer, id: number, request: MemberRequest): Promise<void> {
    const answer = await this.#answerOf(peer.id, id, request);
    // The node sends the request again over its next connection.
    if (answer === undefined || peer.isClosed) return;
    if ('sent' in answer) send(peer, { kind: 'sent', id, text: answer.sent });
    else send(peer, { kind: 'problem', id, text: answer.problem });
  }

  /** The answer, also to a request that arrives again. */
  #answerOf(
    peerId: string,
    id: number,
    request: MemberRequest,
  ): Promise<Answer<string>> | undefined {
    const key = `${peerId} ${id}`;
    const known = this.#answers.get(key);
    if (known !== undefined || this.#answer === undefined) return known;
    // It fails only when the node stops, or a plugin stops it.
    const answer = this.#answer(peerId, request).catch(() => ({ problem: 'the node stops' }));
    this.#answers.set(key, answer);
    const [oldest] = this.#answers.keys();
    if (this.#answers.size > MAX_ANSWERS && oldest !== undefined) this.#answers.delete(oldest);
    return answer;
  }

  #settle(peer: RemotePeer, id: number, { kind, text }: Exclude<Message, { kind: 'ask' }>): void {
    const waiting = this.#waiting.get(id);
    if (waiting?.peerId !== peer.id) return;
    waiting.resolve(kind === 'sent' ? { sent: text } : { problem: text });
  }
}

function disconnected(): CommandError {
  return new CommandError(ErrorCode.general, 'Disconnected');
}

function deferred<T>() {
  let resolve!: (value: T) => void;
  let reject!: (error: unknown) => void;
  const promise = new Promise<T>((...both) => ([resolve, reject] = both));
  return { promise, resolve, reject };
}

function send(peer: RemotePeer, message: Message): void {
  peer.send(MEMBER_MESSAGE, Buffer.from(JSON.stringify(message)));
}

/** A node of the world can be of another version, or hostile: it gets no answer to a malformed message. */
function readMessage(payload: Uint8Array): Message | undefined {
  try {
    const message = JSON.parse(Buffer.from(payload).toString()) as Message;
    if (typeof message.id !== 'number') return undefined;
    if (message.kind === 'ask') return isRequest(message.request) ? message : undefined;
    const isReply = message.kind === 'sent' || message.kind === 'problem';
    return isReply && typeof message.text === 'string' ? message : undefined;
  } catch {
    return undefined;
  }
}

function isRequest(request: MemberRequest): boolean {
  switch (request.name) {
    case 'open':
      return [request.capacitySat, request.pushMsat].every((text) => /^[0-9]{1,19}$/.test(text));
    case 'invoice_request':
    case 'invoice':
      return typeof request.text === 'string';
    default:
      return false;
  }
}
