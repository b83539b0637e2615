/** The path of a target, also of one that names our own origin (RFC 9112, 3.2.2), as routes are found by it. */
export function pathOf(target: string): string {
  const path = target.replace(/^https?:\/\/[^/]*/i, '').split(/[?#]/, 1)[0]!;
  try {
    return decodeURI(path);
  } catch {
    return path;
  }
}
