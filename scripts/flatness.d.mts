export interface Sample {
  readonly atS: number;
  readonly value: number;
}
export const ALLOCATOR: Readonly<Record<string, string>>;
export function heapMay(cuts: number): number;
export function processMay(cuts: number): number;
export function lineThrough(samples: readonly Sample[]): {
  readonly perS: number;
  readonly mean: number;
  readonly rise: number;
  readonly error: number;
};
export function judgeMemory(
  samples: readonly Sample[],
  most: number,
): { readonly isFlat: boolean; readonly sentence: string };
