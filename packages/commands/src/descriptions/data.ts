import type { CategoryText } from '../description-types.ts';

const KEY = 'The key: a text, or an array of texts for a tree of keys.';
const GENERATION =
  'The generation that the value must have. If another caller has changed it, the command fails.';

export const data: CategoryText = {
  title: 'Signatures and data',
  description:
    'Signatures, derived secrets, and the datastore for values of applications and plugins.',
  commands: {
    signmessage: {
      summary: 'Signs a message with the key of the node.',
      params: { message: 'The message, of at most 65535 bytes.' },
    },
    signmessagewithkey: {
      summary: 'Signs a message with the key of an address of the wallet.',
      params: { message: 'The message.', address: 'The address, of the type `bech32`.' },
    },
    checkmessage: {
      summary: 'Verifies a signature that `signmessage` of any node made.',
      description:
        'Without `pubkey`, the signature counts only if the key belongs to a node of the public network.',
      params: {
        message: 'The message.',
        zbase: 'The signature, as `signmessage` returns it.',
        pubkey: 'The id of the node that must have signed it.',
      },
    },
    makesecret: {
      summary: 'Derives a secret from the secret of the node.',
      description: 'The same input always returns the same secret. Pass `hex` or `string`.',
      params: { hex: 'The input in hexadecimal.', string: 'The input as text.' },
    },
    datastore: {
      summary: 'Stores a value under a key in the database of the node.',
      description: 'Pass the value as `string` or as `hex`.',
      params: {
        key: KEY,
        string: 'The value as text.',
        hex: 'The value in hexadecimal.',
        mode: 'Whether the key must exist, and whether to replace the value or append to it.',
        generation: GENERATION,
      },
    },
    listdatastore: {
      summary: 'Lists the values and children under a key.',
      params: { key: `${KEY} Default: the root.` },
    },
    deldatastore: {
      summary: 'Deletes a value from the datastore, and returns it.',
      params: { key: KEY, generation: GENERATION },
    },
    datastoreusage: {
      summary: 'Returns the bytes that the values under a key occupy.',
      params: { key: `${KEY} Default: the root.` },
    },
  },
};
