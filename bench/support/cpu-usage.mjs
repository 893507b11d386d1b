// Loaded into a server's process before its own program (`node --import`): tells its processor time when asked.
process.on('message', (message) => {
  if (message === 'cpu') process.send(process.cpuUsage());
});
// Whoever measures is gone.
process.on('disconnect', () => process.exit());
process.channel.unref();
