/** The same program with properties for private names. @throws {Error} where that would not be the same */
export function withoutPrivateNames(code: string): string;

/** The same program with arrows for the functions of modules. */
export function withArrows(code: string): string;
