import { RawJson } from '@clnrest/json';
import { Encoder, type Packet, PacketType } from 'socket.io-parser';

/**
 * Socket.IO's encoder, except that the text of a {@link RawJson} is sent unchanged. Parsing it would round
 * integers beyond 2^53.
 */
export class RawEncoder extends Encoder {
  override encode(packet: Packet): unknown[] {
    const [event, payload] = Array.isArray(packet.data) ? (packet.data as unknown[]) : [];
    if (packet.type !== PacketType.EVENT || !(payload instanceof RawJson)) {
      return super.encode(packet);
    }
    const namespace = packet.nsp === '/' ? '' : `${packet.nsp},`;
    return [`${PacketType.EVENT}${namespace}[${JSON.stringify(event)},${payload.text}]`];
  }
}
