import type { ComponentChildren, JSX } from 'preact';

/** What it is, and what it says. */
export type Fact = readonly [title: string, text: ComponentChildren];

/** What there is to say about one thing; an empty text is left out. */
export function Facts({ facts }: { facts: readonly Fact[] }): JSX.Element {
  return (
    <dl class="fact-list">
      {facts
        .filter(([, text]) => text !== '')
        .map(([title, text]) => (
          <div key={title}>
            <dt>{title}</dt>
            <dd>{text}</dd>
          </div>
        ))}
    </dl>
  );
}
