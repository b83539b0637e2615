const PRODUCTS = ['SW-SERVO-001', 'SW-RELAY-002', 'SW-DIM-001', 'SW-SENSE-001', 'SW-GEN-001'];

/** So many boards, of every product as many. */
export function fleet(boards: number): string[] {
  return Array.from({ length: boards }, (_, index) => PRODUCTS[index % PRODUCTS.length]!);
}
