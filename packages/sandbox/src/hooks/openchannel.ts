import { member } from '@clnrest/json/tokens';
import { CHANNEL_TYPE, reserveMsat, TO_SELF_DELAY } from '../world/channel.ts';
import { callHook, hasResult, type HookNode, invalidResponse } from './chain.ts';

const ANY_AMOUNT = 2n ** 64n - 1n;

/** A channel that a peer wants to open. */
interface Offer {
  readonly peerId: string;
  readonly capacitySat: bigint;
  readonly pushMsat: bigint;
}

/** Calls the hook `openchannel`. Resolves with the message for the peer if a plugin rejects the channel. */
export async function callOpenchannel(node: HookNode, offer: Offer): Promise<string | undefined> {
  let refusal: string | undefined;
  await callHook(node, {
    name: 'openchannel',
    params: () => ({
      openchannel: {
        id: offer.peerId,
        funding_msat: offer.capacitySat * 1000n,
        push_msat: offer.pushMsat,
        dust_limit_msat: 546_000,
        max_htlc_value_in_flight_msat: ANY_AMOUNT,
        channel_reserve_msat: reserveMsat(offer),
        htlc_minimum_msat: 0,
        feerate_per_kw: 253,
        to_self_delay: TO_SELF_DELAY,
        max_accepted_htlcs: 483,
        channel_flags: 1,
        channel_type: CHANNEL_TYPE,
      },
    }),
    read(response) {
      if (hasResult(response, 'continue')) return continued(node, response);
      const result = member(response, 'result');
      if (result === undefined) {
        const message = 'Plugin returned an invalid response to the openchannel hook: ';
        return invalidResponse(node, message + response.raw);
      }
      if (!hasResult(response, 'reject')) {
        const message = 'Plugin returned an invalid result for the openchannel hook: ';
        return invalidResponse(node, message + result.text);
      }
      refusal = member(response, 'error_message')?.text ?? '';
      node.log.log('debug', `openchannel hook rejects and says '${refusal}'`);
      if (member(response, 'close_to') !== undefined) {
        return invalidResponse(node, 'Plugin rejected openchannel but also set close_to');
      }
      return false;
    },
  });
  return refusal;
}

/** The sandbox's channels have fixed parameters. */
function continued({ log }: HookNode, response: Parameters<typeof member>[0]): true {
  const ignored = ['close_to', 'mindepth', 'reserve'].filter(
    (name) => member(response, name) !== undefined,
  );
  if (ignored.length > 0) {
    log.log('unusual', `the sandbox ignores ${ignored.join(', ')} of the openchannel hook`);
  }
  return true;
}
