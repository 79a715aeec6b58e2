/** Call a Core Lightning node over the Lightning protocol itself, with commando, in Node and in browsers. */

// The client.
export { CommandoClient, type CommandoClientOptions } from './client/commando-client.ts';
export { type NodeAddress, parseAddress } from './client/address.ts';

// The key that identifies it.
export { createIdentity, type Identity, identityOf } from './client/identity.ts';
