/** Whether a row was refused because there is one like it already: two processes that share a database may both have looked before. */
export function isTaken(error: unknown): boolean {
  return (error as { readonly code?: unknown } | undefined)?.code === 'SQLITE_CONSTRAINT_UNIQUE';
}
