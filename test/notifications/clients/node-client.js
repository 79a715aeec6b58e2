/* oxlint-disable no-console */
const io = require('socket.io-client');

const socket = io.connect('<url>', {
  extraHeaders: {
    Rune: '<rune>',
  },
});

socket.on('connect', function () {
  console.log('connected');
});

socket.on('disconnect', function (reason) {
  console.log('disconnected', reason);
});

socket.on('message', function (data) {
  console.log('heard', data);
});

socket.on('error', function (error) {
  console.error('failed', error);
});
