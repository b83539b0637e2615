import type { JSX } from 'preact';

/** What a colour stands for; beside it there is always a word. */
export type Tone = 'good' | 'warn' | 'bad' | 'quiet';

export function Badge({ tone, text }: { tone: Tone; text: string }): JSX.Element {
  return (
    <span class={`badge ${tone}`}>
      <span class="dot" aria-hidden="true" />
      {text}
    </span>
  );
}
