import { EventEmitter } from 'node:events';

/**
 * Has an exception in any listener of an emitter reported to `onFault`. Otherwise it would end the
 * process, though it concerns one connection only. For connections that libraries of ours listen to.
 */
export function containEvents(emitter: EventEmitter, onFault: (fault: unknown) => void): void {
  emitter.emit = (event, ...values: unknown[]): boolean => {
    try {
      return EventEmitter.prototype.emit.call(emitter, event, ...values);
    } catch (fault) {
      onFault(fault);
      return true;
    }
  };
}
