import { invalidToken, type Parser } from '@clnrest/lightningd/parameters';
import type { DatastoreKey } from '../datastore/datastore.ts';

/** A datastore key: an array of parts, or a single part. Parts keep their escapes. */
export const datastoreKey: Parser<DatastoreKey> = (token, name) => {
  switch (token.type) {
    case 'string':
    case 'primitive':
      return [token.text];
    case 'object':
      throw invalidToken(name, 'should be string or array', token);
    case 'array':
      if (token.items.length === 0) throw invalidToken(name, 'should not be empty', token);
      return token.items.map((item) => {
        if (item.type === 'string' || item.type === 'primitive') return item.text;
        throw invalidToken(name, 'should be string', item);
      });
  }
};
