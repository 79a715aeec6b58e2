import type { CategoryText } from '../description-types.ts';

export const runes: CategoryText = {
  title: 'Runes',
  description:
    'Runes authorise calls. Any holder can add restrictions to a rune but cannot remove any.',
  commands: {
    createrune: {
      summary: 'Creates a rune, or adds restrictions to one.',
      description:
        'A rune without restrictions gives full control of the node. The result then has `warning_unrestricted_rune`.',
      params: {
        rune: 'The rune to restrict. Default: a new rune with a new unique id.',
        restrictions:
          '`readonly`, or an array. All its items must hold; each is an array of alternatives, such as `["method=pay"]`.',
      },
    },
    showrunes: {
      summary: 'Lists the runes of the node, with their restrictions and last uses.',
      params: { rune: 'The rune to show. Default: all runes that the node has stored.' },
    },
    checkrune: {
      summary: 'Checks whether a rune allows a call.',
      description:
        'A call that is allowed counts as a use: it matters for `rate` and `per`. A refusal is an error with the reason.',
      params: {
        rune: 'The rune to check.',
        nodeid: 'The node id of the caller, for restrictions on `id`.',
        method: 'The command that the caller wants to run.',
        params: 'The parameters of that command.',
      },
    },
    blacklistrune: {
      summary: 'Revokes runes, and returns all ranges that are revoked.',
      description:
        'Without parameters it changes nothing. A revoked rune takes the runes that were derived from it with it.',
      params: {
        start: 'The first unique id to revoke.',
        end: 'The last unique id to revoke. Default: `start`.',
        relist: 'Whether to allow the runes of the range again instead.',
      },
    },
    commando: {
      summary: 'Runs a command on a connected peer, with a rune of that peer.',
      params: {
        peer_id: 'The id of the peer, which must be connected.',
        method: 'The command to run.',
        params: 'The parameters of the command.',
        rune: "The peer's rune that allows the command.",
        filter: 'The members of the result to return, as an object of `true` values.',
      },
    },
  },
};
