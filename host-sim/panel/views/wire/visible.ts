/** What cannot be seen, or turns the direction of what is around it: control and format characters, halves of characters. */
const UNSEEN = /[^\P{C}\n\t]/gu;

/** A text of a stranger with nothing hidden in it: what cannot be seen stands as in JSON, `\u202e`. */
export function visible(text: string): string {
  return text.replace(UNSEEN, (sign) => [...units(sign)].join(''));
}

function* units(text: string): Iterable<string> {
  for (let index = 0; index < text.length; index++) {
    yield `\\u${text.charCodeAt(index).toString(16).padStart(4, '0')}`;
  }
}
