import { answerRequest } from './answer-request.ts';
import { hexOf } from './message-json.ts';
import type { PayerRequest } from './payer-request.ts';
import { type Answer, requestFailure } from './request-problem.ts';
import { CommandError, ErrorCode } from '../commands/errors.ts';
import { withTimeout } from '../commands/with-timeout.ts';
import type { NodeWith } from '../node.ts';
import type { WorldNode } from '../world/nodes.ts';

/** The parts of the node that a request needs: a node can request an invoice for its own offer. */
export type RequestingNode = NodeWith<'identity' | 'invoices' | 'offers' | 'world'>;

/** Sends a request to the node of the offer, and returns the invoice. @throws CommandError if the node gets none */
export async function requestedInvoice(
  { request, text }: PayerRequest,
  timeout: number,
  node: RequestingNode,
  signal: AbortSignal,
): Promise<string> {
  const issuer = issuerOf(request);
  if (issuer !== node.identity.id) await reachedNode(issuer, timeout, node, signal);
  const answer = deliver(request, node);
  if ('sent' in answer) return answer.sent;
  throw new CommandError(ErrorCode.offerBadReply, 'Remote node sent failure message', {
    error: requestFailure(text, answer.problem),
  });
}

/** Sends a request that has no reply. @throws CommandError if the node cannot be reached */
export function sendUnanswered({ request }: PayerRequest, node: RequestingNode): void {
  const issuer = issuerOf(request);
  if (issuer !== node.identity.id) connectedNode(issuer, node);
  deliver(request, node);
}

function issuerOf({ values }: PayerRequest['request']): string {
  return hexOf(values.offerIssuerId) ?? '';
}

function deliver(request: PayerRequest['request'], node: RequestingNode): Answer<string> {
  const issuer = issuerOf(request);
  if (issuer === node.identity.id) return answerRequest(node, request);
  return node.world.peerOffers.answer(connectedNode(issuer, node), request);
}

/** The node. @throws CommandError if no message can reach it */
function connectedNode(id: string, { world }: NodeWith<'world'>): WorldNode {
  const found = world.nodes.byId(id);
  if (found !== undefined && found.conduct !== 'fail') return found;
  throw new CommandError(
    ErrorCode.offerRouteNotFound,
    `Failed: could not route or connect directly to ${id}: {"code":400,"message":"Unable to connect, no address known for peer"}`,
  );
}

/** The node, once it replies to messages. @throws CommandError if it never does */
export async function reachedNode(
  id: string,
  timeout: number,
  node: NodeWith<'world'>,
  signal: AbortSignal,
): Promise<WorldNode> {
  const found = connectedNode(id, node);
  await withTimeout(
    timeout,
    signal,
    (either) => node.world.released(id, either),
    () => new CommandError(ErrorCode.offerTimeout, 'Timeout waiting for response'),
  );
  return node.world.nodes.byId(id) ?? found;
}
