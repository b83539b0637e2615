import { createInterface, type Interface } from 'node:readline';
import { plainText } from '../products/plain-text.js';
import { CliError } from './cli-error.js';
import { paint } from './console.js';

/** One question to a person. */
export interface Question {
  readonly text: string;
  /** What an empty answer means; without it there has to be one. */
  readonly fallback?: string | undefined;
  /** The answers that there are; any letter case, and the beginning of one is enough. */
  readonly choices?: readonly string[];
  /** Takes an answer, or says in a sentence what is wrong with it. */
  readonly take?: (answer: string) => string | undefined;
}

/** Where the questions go. */
export type PromptOutput = NodeJS.WritableStream & { readonly isTTY?: boolean };

/**
 * Questions on a terminal, each asked until its answer is right; or answers from a pipe, a line each, where the first wrong
 * one ends it.
 */
export class Prompt {
  readonly #lines: string[] = [];
  readonly #readline: Interface;
  readonly #output: PromptOutput;
  /** A person sits there, who can answer again. */
  readonly #asksAgain: boolean;
  #waiting: (() => void) | undefined;
  #state: 'open' | 'ended' | 'cancelled' = 'open';

  constructor(input: NodeJS.ReadableStream & { readonly isTTY?: boolean }, output: PromptOutput) {
    this.#output = output;
    this.#asksAgain = input.isTTY === true;
    this.#readline = createInterface({ input, output, terminal: this.#asksAgain && output.isTTY === true });
    this.#readline.on('line', (line) => {
      this.#lines.push(line);
      this.#waiting?.();
    });
    this.#readline.on('SIGINT', () => this.#end('cancelled'));
    this.#readline.on('close', () => this.#end('ended'));
  }

  /** The right answer, as it was typed or as the choice is written. @throws {CliError} there is none, or it is wrong */
  async ask({ text, fallback, choices, take }: Question): Promise<string> {
    const options = choices ? ` (${choices.join(', ')})` : '';
    const shown =
      fallback === undefined || fallback === '' ? '' : ` ${paint(this.#output, 'dim', `[${plainText(fallback)}]`)}`;
    const prompt = `${paint(this.#output, 'cyan', '?')} ${text}${options}${shown}: `;
    for (;;) {
      this.#readline.setPrompt(prompt);
      this.#readline.prompt();
      const typed = (await this.#nextLine(text)).trim();
      const given = typed === '' ? (fallback ?? '') : typed;
      if (!this.#asksAgain) this.#output.write(`${plainText(given)}\n`);
      const answer = chosen(given, choices) ?? given;
      const wrong = wrongWith(answer, fallback, choices) ?? take?.(answer);
      if (wrong === undefined) return answer;
      if (!this.#asksAgain) {
        const sentence = `${JSON.stringify(given)} is no answer to "${text.trim()}": ${wrong}`;
        throw new CliError('wrong_answer', plainText(sentence));
      }
      this.#output.write(`  ${paint(this.#output, 'red', plainText(wrong))}\n`);
    }
  }

  async yes(text: string, fallback: boolean): Promise<boolean> {
    return (await this.ask({ text, choices: ['yes', 'no'], fallback: fallback ? 'yes' : 'no' })) === 'yes';
  }

  /** Tells something between two questions. */
  say(text: string): void {
    this.#output.write(`${text}\n`);
  }

  close(): void {
    this.#readline.close();
  }

  async #nextLine(text: string): Promise<string> {
    if (this.#lines.length === 0 && this.#state === 'open') {
      await new Promise<void>((resolve) => {
        this.#waiting = resolve;
      });
    }
    const line = this.#lines.shift();
    if (line !== undefined && this.#state !== 'cancelled') return line;
    this.#output.write('\n');
    if (this.#state === 'cancelled') throw new CliError('cancelled', 'cancelled: nothing was written.');
    throw new CliError('input_ended', `the input ended before "${text.trim()}" was answered: nothing was written.`);
  }

  #end(state: 'ended' | 'cancelled'): void {
    if (this.#state === 'open') this.#state = state;
    this.#waiting?.();
  }
}

function chosen(given: string, choices: readonly string[] = []): string | undefined {
  const typed = given.toLowerCase();
  const exact = choices.find((choice) => choice.toLowerCase() === typed);
  const begun = choices.filter((choice) => typed !== '' && choice.toLowerCase().startsWith(typed));
  return exact ?? (begun.length === 1 ? begun[0] : undefined);
}

function wrongWith(answer: string, fallback: string | undefined, choices?: readonly string[]): string | undefined {
  if (choices && !choices.includes(answer)) return `the answer must be one of ${choices.join(', ')}`;
  return answer === '' && fallback === undefined ? 'there must be an answer' : undefined;
}
