/** The client disconnected before its response was complete. The gateway neither responds nor logs it. */
export class ClientDisconnected extends Error {
  override readonly name = 'ClientDisconnected';

  constructor() {
    super('the client disconnected');
  }
}
