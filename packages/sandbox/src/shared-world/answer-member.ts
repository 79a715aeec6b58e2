import { Bolt12Error, decodeInvoiceRequest } from '@clnrest/runes/bolt12';
import { answerRequest } from '../bolt12/answer-request.ts';
import type { Answer } from '../bolt12/request-problem.ts';
import { CommandError } from '../commands/errors.ts';
import { payForRequest } from '../commands/pay-for-request.ts';
import { isHooked } from '../hooks/chain.ts';
import { callOpenchannel } from '../hooks/openchannel.ts';
import type { Node } from '../node.ts';
import { acceptanceText } from './ask-to-open.ts';
import type { AnswerMember, MemberRequest } from './member-requests.ts';

/** Answers the requests of other nodes of the shared world. */
export function answerMember(node: Node): AnswerMember {
  return (id, request) => answer(node, id, request);
}

async function answer(node: Node, id: string, request: MemberRequest): Promise<Answer<string>> {
  switch (request.name) {
    case 'open':
      return acceptChannel(node, {
        peerId: id,
        capacitySat: BigInt(request.capacitySat),
        pushMsat: BigInt(request.pushMsat),
      });
    case 'invoice_request':
      return sendInvoice(node, request.text);
    case 'invoice':
      return payInvoice(node, request.text);
  }
}

/** Lets plugins decide about a channel. Sends the script that receives our balance when it closes, and what our options demand. */
async function acceptChannel(
  node: Node,
  offer: Parameters<typeof callOpenchannel>[1],
): Promise<Answer<string>> {
  const problem = isHooked(node, 'openchannel') ? await callOpenchannel(node, offer) : undefined;
  if (problem !== undefined) return { problem };
  const { wallet, context } = node.world;
  const terms = context.channelDefaults.policy;
  return { sent: acceptanceText({ script: wallet.newScript(), terms }) };
}

function sendInvoice(node: Node, text: string): Answer<string> {
  try {
    return answerRequest(node, decodeInvoiceRequest(text));
  } catch (error) {
    if (!(error instanceof Bolt12Error)) throw error;
    return { problem: error.message };
  }
}

/** Pays an invoice for one of our invoice requests. The payee learns of the payment when it arrives. */
async function payInvoice(node: Node, text: string): Promise<Answer<string>> {
  try {
    await payForRequest(text, node, new AbortController().signal);
    return { sent: 'paid' };
  } catch (error) {
    if (error instanceof Bolt12Error) return { problem: error.message };
    if (!(error instanceof CommandError)) throw error;
    return { problem: reasonOf(error, text) };
  }
}

/** lightningd sends the reason to refuse an invoice, or that of the payment's failure. */
function reasonOf({ message, data }: CommandError, invoice: string): string {
  const reason = (data as { readonly error?: unknown } | undefined)?.error;
  return typeof reason === 'string'
    ? reason
    : `Failed invoice ${invoice}: pay attempt failed: ${JSON.stringify(message)}`;
}
