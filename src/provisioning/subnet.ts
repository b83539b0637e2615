/** Whether two dotted IPv4 addresses are among the same 256. */
export function inSameSubnet(one: string, other: string): boolean {
  const end = one.lastIndexOf('.') + 1;
  return end > 0 && end === other.lastIndexOf('.') + 1 && one.slice(0, end) === other.slice(0, end);
}
