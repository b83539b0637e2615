/** Whether an Accept-Encoding takes gzip: by its name or else by `*`, with a weight that is not 0 (RFC 9110, 12.5.3). */
export function acceptsGzip(field = ''): boolean {
  const weights = new Map<string, number>();
  for (const one of field.toLowerCase().split(',')) {
    const [coding = '', weight] = one.trim().split(/[ \t]*;[ \t]*q=/);
    weights.set(coding, weight === undefined ? 1 : Number(weight));
  }
  return (weights.get('gzip') ?? weights.get('x-gzip') ?? weights.get('*') ?? 0) > 0;
}
