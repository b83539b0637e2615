/** Characters that turn the direction of what follows: in a name they would turn the sentence around it. */
const DIRECTIONS = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** A text of somebody else's as part of a sentence: what would turn the rest around is shown as �. */
export function plain(text: string): string {
  return text.replace(DIRECTIONS, '\ufffd');
}
