/** When the power goes: before an operation, in the middle of it, or after it. */
export type CutMoment = 'before' | 'during' | 'after';

/** The firmware wrote to a flash without power: where this was thrown, it ended. */
export class PowerCutError extends Error {
  override readonly name = 'PowerCutError';
}

/** The power of a flash chip, which may go at any of its operations: those of records and of firmware count together. */
export class FlashPower {
  readonly #onCut: (() => void) | undefined;
  #cut: { readonly moment: CutMoment; operationsLeft: number; readonly onCut: (() => void) | undefined } | undefined;
  isOn = true;
  /** How many operations there have been. */
  operations = 0;

  /** @param onCut the power is to go now, in the middle of the firmware's own call */
  constructor(onCut?: () => void) {
    this.#onCut = onCut;
  }

  /**
   * The power goes at the `operations`-th operation from now on (1: the next), and `onCut` is told; the result takes that
   * back. There is one such cut at a time.
   */
  cutAt(operations: number, moment: CutMoment, onCut?: () => void): () => void {
    const cut = { moment, operationsLeft: operations, onCut };
    this.#cut = cut;
    return () => {
      if (this.#cut === cut) this.#cut = undefined;
    };
  }

  /**
   * Carries an operation out.
   * @param part what a cut in the middle of it leaves
   * @throws {PowerCutError} without power, or when that goes at this operation
   */
  operate(whole: () => void, part: () => void): void {
    if (!this.isOn) throw new PowerCutError('no power');
    this.operations++;
    const cut = this.#cut;
    if (cut === undefined || --cut.operationsLeft !== 0) {
      whole();
      return;
    }
    this.#cut = undefined;
    if (cut.moment === 'after') whole();
    else if (cut.moment === 'during') part();
    this.#onCut?.();
    cut.onCut?.();
    throw new PowerCutError('the power went');
  }
}
