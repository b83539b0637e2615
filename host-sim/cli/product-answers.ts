import type { PinUse } from '../products/chip-pins.js';
import type { Draft, Path } from './product-draft.js';
import type { Prompt } from './product-prompt.js';

/** A person's answers put into a draft. */
export class Questions {
  readonly prompt: Prompt;
  readonly draft: Draft;

  constructor(prompt: Prompt, draft: Draft) {
    this.prompt = prompt;
    this.draft = draft;
  }

  /** A text for a place of the definition. */
  text(text: string, path: Path, fallback?: unknown, choices?: readonly string[]): Promise<string> {
    return this.prompt.ask({
      text,
      fallback: fallback === undefined ? undefined : String(fallback),
      ...(choices && { choices }),
      take: (answer) => this.draft.put(path, answer),
    });
  }

  /** A number for a place of the definition. */
  async number(text: string, path: Path, fallback: number, choices?: readonly string[]): Promise<number> {
    const answer = await this.prompt.ask({
      text,
      fallback: String(fallback),
      ...(choices && { choices }),
      take: (answer) => this.draft.put(path, numberIn(answer)),
    });
    return Number(answer);
  }

  /** A pin for something new or for what is there, which `at` makes of it. */
  async pin(
    text: string,
    path: Path,
    use: PinUse,
    options: { wanted?: unknown; at?: (pin: unknown) => unknown } = {},
  ): Promise<void> {
    const { wanted, at = (pin) => pin } = options;
    const works = wanted !== undefined && this.draft.wouldBe(path, at(wanted)) === undefined;
    const fallback = works ? wanted : this.draft.freePin(use);
    await this.prompt.ask({
      text,
      fallback: fallback === undefined ? undefined : String(fallback),
      take: (answer) => this.draft.put(path, at(numberIn(answer))),
    });
  }
}

/** A number, or the answer as it was: the check says then that it is none. */
export function numberIn(answer: string): unknown {
  const value = /^-?\d+(\.\d+)?$/.test(answer) ? Number(answer) : Number.NaN;
  return Number.isFinite(value) ? value : answer;
}
