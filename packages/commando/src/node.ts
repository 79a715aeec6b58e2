/** Channels over the sockets of Node: for those who accept connections. */

export { socketChannel } from './channel/socket-channel.ts';
export { type NodeWebSocket, webSocketChannel } from './channel/web-socket-channel.ts';
