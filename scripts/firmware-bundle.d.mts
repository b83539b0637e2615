/** Writes a program into `folder`; resolves to what a manifest has to say of it. */
export function writeFirmware(
  folder: string,
  main: string,
  options?: { readonly debug?: boolean },
): Promise<{ readonly modules: Readonly<Record<string, string>>; readonly preload: readonly string[] }>;

/** The same program with properties for private names. @throws {Error} where that would not be the same */
export function withoutPrivateNames(code: string): string;

/** The same program with arrows for the functions of modules. */
export function withArrows(code: string): string;
