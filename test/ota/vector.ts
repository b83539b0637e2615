/** The board that a package is offered to. */
export interface VectorBoard {
  readonly productKey: string;
  readonly chip: string;
  /** Of the build that runs. */
  readonly version: string;
  /** Ids of the keys that its build knows. */
  readonly keys: readonly number[];
  /** Mask of those that must have signed. */
  readonly required: number;
  /** `null`: none yet. */
  readonly floor: string | null;
  /** Its slot minus one block, bytes. */
  readonly maxImageBytes: number;
}

/** What a package brings to a board that takes it. */
export interface VectorTaken {
  readonly version: string;
  readonly floor: string;
  readonly required: number;
  readonly imageBytes: number;
  readonly sha256: string;
}

/** A package in hex, and what becomes of it on a board. Where it is refused, one thing alone is wrong with it. */
export interface Vector {
  readonly name: string;
  readonly package: string;
  readonly board: VectorBoard;
  readonly expected: { readonly taken: VectorTaken } | { readonly refused: string };
}

export interface VectorFile {
  /** Base64 of the point of each key, by its id on boards. */
  readonly keys: Readonly<Record<string, string>>;
  readonly vectors: readonly Vector[];
}
