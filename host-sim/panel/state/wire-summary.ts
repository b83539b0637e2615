import type { SimEventEntry, SimMqttEntry } from '../../sim-api/messages.js';
import type { WireFact } from './wire-line.js';

/** What a summary says in words, beside the protocols' own. */
export interface SummaryWords {
  readonly noAnswer: string;
  readonly state: string;
  readonly missing: (missed: number | undefined) => string;
}

const MOST_CHARS = 300;

/** A fact in one short line: `POST /api/v1/devices/activate → 200`, `PUBLISH … QoS 1`, `state joining → online`. */
export function summaryOf(fact: WireFact, words: SummaryWords): string {
  const text = whole(fact, words);
  return text.length > MOST_CHARS ? `${text.slice(0, MOST_CHARS)}…` : text;
}

function whole(fact: WireFact, words: SummaryWords): string {
  switch (fact.kind) {
    case 'http':
      return `${fact.method} ${pathOf(fact.url)} → ${fact.status ?? words.noAnswer}`;
    case 'mqtt':
      return packet(fact);
    case 'life':
      return event(fact, words);
    case 'gap':
      return words.missing(fact.missed);
  }
}

function packet({ packet, topic, fields }: SimMqttEntry): string {
  const parts = [packet];
  if (topic !== undefined) parts.push(shortTopic(topic));
  for (const [key, value] of Object.entries(fields)) {
    const told = packet === 'PUBLISH' ? publishField(key, value) : otherField(key, value);
    if (told !== '') parts.push(told);
  }
  return parts.join(' ');
}

/** Whose it is stands beside it: `…/property/post`. */
function shortTopic(topic: string): string {
  const path = /^\/sys\/[^/]+\/[^/]+\/(.+)$/.exec(topic)?.[1];
  return path === undefined ? topic : `…/${path.split('/').slice(-2).join('/')}`;
}

function publishField(key: string, value: unknown): string {
  if (key === 'qos') return `QoS ${value}`;
  return (key === 'retain' || key === 'dup') && value === true ? key : '';
}

function otherField(key: string, value: unknown): string {
  return key === 'topic' ? '' : `${key}=${short(value)}`;
}

function event({ name, data }: SimEventEntry, words: SummaryWords): string {
  const { from, to } = data;
  if (name === 'state_changed') return `${words.state} ${short(from)} → ${short(to)}`;
  return [name, ...Object.entries(data).map(([key, value]) => `${key}=${short(value)}`)].join(' ');
}

function short(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

/** The path and query of a URL, or all of what is none. */
function pathOf(url: string): string {
  return /^[a-z]+:\/\/[^/?#]*(.*)$/i.exec(url)?.[1] || url;
}
