import type { SimEventEntry } from '../../sim-api/messages.js';
import { severityOf, type WireFact, type WireLine } from './wire-line.js';
import { type SummaryWords, summaryOf } from './wire-summary.js';

/** What of the wire is shown. */
export interface WireFilter {
  /** Empty: every kind. */
  readonly kind: '' | 'http' | 'mqtt' | 'life';
  /** As the board sees it; a request with its answer goes both ways, an event neither. Empty: all. */
  readonly direction: '' | 'out' | 'in';
  /** `who` of its lines; empty: every board. */
  readonly who: string;
  /** The least bad event that is shown. */
  readonly level: SimEventEntry['level'];
  /** Whether packets are shown that only keep a session going. */
  readonly routine: boolean;
  /** A text that is in the line; upper and lower case are alike. */
  readonly search: string;
}

export const NO_FILTER: WireFilter = { kind: '', direction: '', who: '', level: 'info', routine: false, search: '' };

const ROUTINE = ['PINGREQ', 'PINGRESP', 'PUBACK', 'PUBREC', 'PUBREL', 'PUBCOMP'];

/** The test whether a line is shown. Gaps always are: a list with a hole must not look whole. */
export function testOf(filter: WireFilter, words: SummaryWords): (line: WireLine) => boolean {
  const { kind, direction, who, level, routine } = filter;
  const least = severityOf(level);
  const search = filter.search.trim().toLowerCase();
  return (line) => {
    const { fact } = line;
    if (fact.kind === 'gap') return true;
    if (kind !== '' && fact.kind !== kind) return false;
    if (who !== '' && line.who !== who) return false;
    if (fact.kind === 'life' && (direction !== '' || severityOf(fact.level) < least)) return false;
    if (fact.kind === 'mqtt') {
      if (direction !== '' && fact.direction !== direction) return false;
      if (!routine && ROUTINE.includes(fact.packet)) return false;
    }
    return search === '' || textOf(fact, words).toLowerCase().includes(search);
  };
}

/** All that is searched. */
function textOf(fact: WireFact, words: SummaryWords): string {
  const summary = summaryOf(fact, words);
  switch (fact.kind) {
    case 'mqtt':
      return `${summary}\n${fact.topic ?? ''}\n${JSON.stringify(fact.fields)}\n${fact.payload ?? ''}`;
    case 'http':
      return `${summary}\n${fact.url}\n${fact.requestBody}\n${fact.responseBody}`;
    case 'life':
      return `${summary}\n${fact.name}\n${JSON.stringify(fact.data)}`;
    case 'gap':
      return summary;
  }
}
