// node --import ./scripts/die-with-parent.mjs …: the process ends when whoever started it is gone, even by SIGKILL.
const GRACE_MS = 5000;

if (process.channel) {
  // The channel alone must not keep it alive.
  process.channel.unref();
  process.on('disconnect', () => {
    setTimeout(() => process.exit(1), GRACE_MS).unref();
    process.kill(process.pid, 'SIGTERM');
  });
}
