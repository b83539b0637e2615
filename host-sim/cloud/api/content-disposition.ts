/**
 * A Content-Disposition that has a file saved under this name (RFC 6266), whatever characters it has (RFC 8187); those that read no
 * such parameters see others in their place.
 * @param name without lone surrogates
 */
export function attachment(name: string): string {
  const plain = name.replace(/[^\x20-\x7e]|["\\%]/g, '_');
  const extended = encodeURIComponent(name).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${extended}`;
}
