/** Hardware randomness. */
export interface Random {
  /** A uniformly distributed integer, 0 to 2^32 − 1. */
  uint32(): number;
}
