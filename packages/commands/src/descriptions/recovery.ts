import type { CategoryText } from '../description-types.ts';

export const recovery: CategoryText = {
  title: 'Backup and recovery',
  description: 'Backups of channels and of the secret of the node. Keep the results secret.',
  commands: {
    staticbackup: {
      summary: 'Returns backups of all channels.',
      description:
        'With them, `recoverchannel` asks the peers to close the channels. Store them after each new channel.',
    },
    recoverchannel: {
      summary: 'Recovers funds of channels from backups: the peers are asked to close them.',
      params: { scb: 'The backups in hexadecimal, as `staticbackup` returns them.' },
    },
    getemergencyrecoverdata: {
      summary: 'Returns the contents of the file `emergency.recover` in hexadecimal.',
    },
    emergencyrecover: {
      summary:
        'Recovers funds of all channels from the file `emergency.recover`: the peers are asked to close them.',
      description: 'Use it only if the database is lost.',
    },
    recover: {
      summary: 'Restarts the node with another secret, to recover the funds of another node.',
      description: 'The node must be unused: it must have no channels, funds or invoices.',
      params: { hsmsecret: 'The secret: 64 hexadecimal digits or a codex32 text.' },
    },
    exposesecret: {
      summary: 'Reveals the secret of the node, from which all its keys derive.',
      description: 'It requires the option `exposesecret-passphrase`.',
      params: {
        passphrase: 'The value of the option.',
        identifier:
          'Four letters for the codex32 text. Default: derived from the alias of the node.',
      },
    },
  },
};
