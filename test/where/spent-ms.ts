/** Processor time that a call takes, in milliseconds: what else runs on the machine does not count. */
export function spentMs(call: () => void): number {
  const start = process.cpuUsage();
  call();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}
