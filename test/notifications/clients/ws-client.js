/* oxlint-disable no-console */
const https = require('https');
const os = require('os');
const path = require('path');
const authority = path.join(os.homedir(), '.lightning/regtest/clnrest/ca.pem');
const rootCas = require('ssl-root-cas').create();
rootCas.addFile(authority);
const io = require('socket.io-client');

const socket = io.connect('<url>', {
  extraHeaders: {
    Rune: '<rune>',
  },
  agent: https.globalAgent,
});

socket.on('connect', function () {
  console.log('connected');
});

socket.on('message', function (data) {
  console.log('heard', data);
});
