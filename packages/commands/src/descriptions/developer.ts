import type { CategoryText } from '../description-types.ts';

export const developer: CategoryText = {
  title: 'Developer',
  description: 'Commands for developers of nodes. Some cannot be undone.',
  commands: {
    'dev-forget-channel': {
      summary: 'Deletes a channel from the database.',
      description: 'Funds in the channel are lost. It requires the option `developer`.',
      params: {
        id: 'The id of the peer.',
        short_channel_id: 'The short channel id, if the peer has several channels.',
        channel_id: 'The channel id, if the peer has several channels.',
        force: 'Whether to delete the channel although its funds are unspent.',
      },
    },
    'dev-splice': {
      summary:
        'Runs a script that moves funds between channels and the wallet with one transaction.',
      params: {
        script_or_json: 'The script, or the same as JSON.',
        dryrun: 'Whether to return what would be done, without doing it.',
        debug_log: 'Whether to add the calculation to the result.',
        'dev-wetrun': 'Whether to stop before signatures are sent.',
      },
    },
  },
};
