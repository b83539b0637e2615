/** Whether `text` is a version as a product's `firmwareVersion` is one: `1.2.3`, or `1.2.3-rc.1`. */
export function isVersion(text: string): boolean {
  return /^\d{1,5}\.\d{1,5}\.\d{1,5}(-[0-9A-Za-z.-]{1,16})?$/.test(text);
}

/**
 * Precedence of two versions (Semantic Versioning 2.0.0, clause 11): negative, 0 or positive, as `a` is below `b`, the same or
 * above. The form allows leading zeros and empty identifiers, which that leaves out: zeros mean nothing, empty is the lowest text.
 */
export function compareVersions(a: string, b: string): number {
  const [dashA, dashB] = [a.indexOf('-'), b.indexOf('-')];
  const difference = compareLists(dashA < 0 ? a : a.slice(0, dashA), dashB < 0 ? b : b.slice(0, dashB));
  if (difference !== 0) return difference;
  // A pre-release is below what it precedes.
  if (dashA < 0 || dashB < 0) return Math.sign(dashB) - Math.sign(dashA);
  return compareLists(a.slice(dashA + 1), b.slice(dashB + 1));
}

/** Compares identifiers between dots one by one; where all are the same, more are higher. */
function compareLists(a: string, b: string): number {
  const [listA, listB] = [a.split('.'), b.split('.')];
  for (let at = 0; at < listA.length && at < listB.length; at++) {
    const difference = compareIdentifiers(listA[at]!, listB[at]!);
    if (difference !== 0) return difference;
  }
  return listA.length - listB.length;
}

/** Numbers by their value, text by its ASCII, any number below any text. */
function compareIdentifiers(a: string, b: string): number {
  const [aIsNumber, bIsNumber] = [isNumber(a), isNumber(b)];
  // One of 16 digits may be more than a double takes.
  if (aIsNumber && bIsNumber) return Number(BigInt(a) - BigInt(b));
  if (aIsNumber !== bIsNumber) return aIsNumber ? -1 : 1;
  return a === b ? 0 : a < b ? -1 : 1;
}

function isNumber(identifier: string): boolean {
  return /^\d+$/.test(identifier);
}
