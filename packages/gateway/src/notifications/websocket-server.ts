import { type ServerOptions, WebSocketServer } from 'ws';

/** Engine.IO packets are not fragmented by any client that we know. Each fragment costs 60 bytes of memory. */
export const MAX_FRAGMENTS = 16;
/** Pieces of one frame as they arrive. A frame of the largest size has about 50 in packets of 1,400 bytes. */
const MAX_CHUNKS = 1_024;

/**
 * The websocket server for Engine.IO, with lower limits than the library's defaults. It sends no pongs:
 * {@link limitInput} does, at a limited rate.
 */
export class LimitedWebSocketServer extends WebSocketServer {
  constructor(options: ServerOptions) {
    super({
      ...options,
      autoPong: false,
      maxFragments: MAX_FRAGMENTS,
      maxBufferedChunks: MAX_CHUNKS,
    } as ServerOptions);
  }
}
