/** Sessions with Lightning nodes, in both roles: BOLT 8, BOLT 1 and the messages of commando. */

// The handshake and the encryption of messages.
export {
  ACT_ONE_BYTES,
  ACT_THREE_BYTES,
  ACT_TWO_BYTES,
  HandshakeInitiator,
  type HandshakeKeys,
  HandshakeResponder,
} from './noise/handshake.ts';
export { isPublicKey, type KeyPair, keyPair, randomKeyPair } from './noise/keys.ts';
export { MAX_MESSAGE_BYTES, MessageOpener, MessageSealer } from './noise/message-cipher.ts';
export { NoiseError, type NoiseErrorKind } from './noise/noise-error.ts';

// Sessions, and the channels below them.
export { PeerError, type PeerErrorKind } from './peer/peer-error.ts';
export {
  type PeerHandler,
  PeerSession,
  type PeerSessionOptions,
  type WorkBudget,
} from './peer/peer-session.ts';
export type { PeerInit, PeerMessage } from './peer/messages.ts';
export type { ByteChannel, ByteReceiver, ChannelTarget } from './peer/byte-channel.ts';
export { openChannel } from '#channels';

// The messages of commando.
export {
  commandMessages,
  CommandoErrorCode,
  type CommandoPiece,
  CommandoType,
  MAX_COMMAND_BYTES,
  MAX_PIECE_BYTES,
  readPiece,
  writePiece,
} from './commando/messages.ts';
