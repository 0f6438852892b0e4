/** Milliseconds of processor time that this process has used so far: what a computation costs, however busy the machine is. */
export function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
