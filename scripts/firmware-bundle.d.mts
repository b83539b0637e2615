/** The same program with properties for private names. @throws {Error} where that would not be the same */
export function withoutPrivateNames(code: string): string;
