import { Encoder, type Packet, PacketType } from 'socket.io-parser';

/** JSON text that is sent unchanged. Parsing it would round integers beyond 2^53. */
export class RawPayload {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** Socket.IO's encoder, except that the text of a {@link RawPayload} is not encoded again. */
export class RawEncoder extends Encoder {
  override encode(packet: Packet): unknown[] {
    const [event, payload] = Array.isArray(packet.data) ? (packet.data as unknown[]) : [];
    if (packet.type !== PacketType.EVENT || !(payload instanceof RawPayload)) {
      return super.encode(packet);
    }
    const namespace = packet.nsp === '/' ? '' : `${packet.nsp},`;
    return [`${PacketType.EVENT}${namespace}[${JSON.stringify(event)},${payload.text}]`];
  }
}
