/** What LIKE finds a text by that has these characters anywhere, letter case of ASCII aside; its escape is `\`. */
export function containing(part: string): string {
  return `%${part.replace(/[\\%_]/g, '\\$&')}%`;
}

/** That one of these columns fits the parameter `@search`, which is what `containing` gives. */
export function isFoundIn(...columns: readonly string[]): string {
  return `(${columns.map((column) => `${column} LIKE @search ESCAPE '\\'`).join(' OR ')})`;
}
