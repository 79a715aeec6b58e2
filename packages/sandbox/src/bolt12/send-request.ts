import { answerRequest } from './answer-request.ts';
import { hexOf, scidText } from './message-json.ts';
import type { PayerRequest } from './payer-request.ts';
import { type Answer, requestFailure } from './request-problem.ts';
import { CommandError, ErrorCode } from '../commands/errors.ts';
import { withTimeout } from '../commands/with-timeout.ts';
import type { NodeWith } from '../node.ts';
import { askBolt12, reachMember } from '../shared-world/ask-bolt12.ts';
import type { WorldNode } from '../world/nodes.ts';

/** The parts of the node that a request needs: a node can request an invoice for its own offer. */
export type RequestingNode = NodeWith<
  'identity' | 'invoices' | 'memberRequests' | 'offers' | 'peers' | 'world'
>;

/** Sends a request to the node of the offer, and returns the invoice. @throws CommandError if the node gets none */
export async function requestedInvoice(
  { request, text }: PayerRequest,
  timeout: number,
  node: RequestingNode,
  signal: AbortSignal,
): Promise<string> {
  const issuer = issuerOf(request);
  const isMember = node.world.nodes.byId(issuer)?.member !== undefined;
  if (issuer !== node.identity.id && !isMember) {
    await reachedNode(issuer, timeout, node, signal, placeOf(request.values));
  }
  const answer = isMember
    ? await withTimeout(
        timeout,
        signal,
        (either) => askBolt12(issuer, { name: 'invoice_request', text }, node, either),
        responseTimeout,
      )
    : deliver(request, node);
  if ('sent' in answer) return answer.sent;
  throw new CommandError(ErrorCode.offerBadReply, 'Remote node sent failure message', {
    error: requestFailure(text, answer.problem),
  });
}

/** Sends a request that has no reply. @throws CommandError if the node cannot be reached */
export async function sendUnanswered(
  { request, text }: PayerRequest,
  node: RequestingNode,
): Promise<void> {
  const issuer = issuerOf(request);
  if (node.world.nodes.byId(issuer)?.member !== undefined) {
    const peer = await reachMember(issuer, node);
    // The node can disconnect.
    void node.memberRequests.ask(peer, { name: 'invoice_request', text }).catch(() => undefined);
    return;
  }
  if (issuer !== node.identity.id) connectedNode(issuer, node, placeOf(request.values));
  deliver(request, node);
}

function responseTimeout(): CommandError {
  return new CommandError(ErrorCode.offerTimeout, 'Timeout waiting for response');
}

function issuerOf({ values }: PayerRequest['request']): string {
  return hexOf(values.offerIssuerId) ?? '';
}

function deliver(request: PayerRequest['request'], node: RequestingNode): Answer<string> {
  const issuer = issuerOf(request);
  if (issuer === node.identity.id) return answerRequest(node, request);
  const found = connectedNode(issuer, node, placeOf(request.values));
  return node.world.peerOffers.answer(found, request);
}

/** Where lightningd sends the request: to the start of the last path that it tries, or to the node. */
function placeOf({ offerPaths, offerIssuerId }: PayerRequest['request']['values']): string {
  const first = offerPaths?.at(-1)?.firstNode;
  if (first === undefined) return hexOf(offerIssuerId) ?? '';
  const start = 'nodeId' in first ? hexOf(first.nodeId) : `${scidText(first.scid)}/${first.side}`;
  return `blinded path at ${start}`;
}

/** The node. @throws CommandError if no message can reach it, which names the place */
function connectedNode(id: string, { world }: NodeWith<'world'>, place: string): WorldNode {
  const found = world.nodes.byId(id);
  if (found !== undefined && found.conduct !== 'fail') return found;
  throw new CommandError(
    ErrorCode.offerRouteNotFound,
    `Failed: could not route or connect directly to ${place}: {"code":400,"message":"Unable to connect, no address known for peer"}`,
  );
}

/**
 * The node, once it replies to messages.
 *
 * @param place - where the node is, in errors
 * @throws CommandError if it never does
 */
export async function reachedNode(
  id: string,
  timeout: number,
  node: NodeWith<'world'>,
  signal: AbortSignal,
  place = id,
): Promise<WorldNode> {
  const found = connectedNode(id, node, place);
  await withTimeout(timeout, signal, (either) => node.world.released(id, either), responseTimeout);
  return node.world.nodes.byId(id) ?? found;
}
