/** The generated module. */
export const OUTPUT: string;

/** The text of the generated module. */
export function makePortalPage(): Promise<string>;
