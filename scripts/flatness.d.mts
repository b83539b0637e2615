export interface Sample {
  readonly atS: number;
  readonly value: number;
}
export function lineThrough(samples: readonly Sample[]): {
  readonly perS: number;
  readonly mean: number;
  readonly rise: number;
};
export function judgeMemory(samples: readonly Sample[]): { readonly isFlat: boolean; readonly sentence: string };
