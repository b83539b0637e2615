import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../moddable.mjs';
import { plot } from './plot.js';
import type { Result, ResultFile } from './result-file.js';
import { figure, goalText, ratioText } from './table.js';

const BEGIN = '<!-- results: written by `npm run bench -- --write-docs FILE` -->';
const END = '<!-- end of results -->';

/**
 * Writes the figures of a run into docs/benchmarks.md, between its two marks, and the plot beside it. What people have written
 * around the marks stays: how to run it, and the reasons for what was missed.
 */
export function writeDocs(file: ResultFile, folder = join(ROOT, 'docs')): void {
  const page = join(folder, 'benchmarks.md');
  const text = existsSync(page) ? readFileSync(page, 'utf8') : `${BEGIN}\n${END}\n`;
  writeFileSync(page, withResults(text, file));
  writeFileSync(join(folder, 'benchmarks.svg'), plot(file));
}

/** The page with the figures of another run. @throws {Error} where its marks are not there */
export function withResults(page: string, file: ResultFile): string {
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`the page needs the lines ${BEGIN} and ${END}`);
  return `${page.slice(0, begin + BEGIN.length)}\n\n${section(file)}\n${page.slice(end)}`;
}

function section({ results, machine, versions, date, command, isQuick }: ResultFile): string {
  const gb = Math.round(machine.ramBytes / 2 ** 30);
  const used = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return [
    `\`${command}\`, ${date.slice(0, 10)}${isQuick ? ' (a quick look: figures are rough)' : ''}. ${machine.cpu}, ${machine.cores} cores, ${gb} GB, ${machine.kernel}.`,
    `${used.join(', ')}.`,
    '',
    '![The figures beside their goals and peers](benchmarks.svg)',
    '',
    '| goal | what | figure | beside | ratio | wanted | |',
    '|---|---|---|---|---|---|---|',
    ...results.map(row),
    '',
    'How each was measured:',
    '',
    ...results.map(
      ({ name, how, detail }) => `- \`${name}\`: ${cell(how)}${detail === undefined ? '' : ` (${details(detail)})`}`,
    ),
    '',
  ].join('\n');
}

function row(result: Result): string {
  const { goal, title, name, value, unit, peer, verdict, why } = result;
  const word =
    verdict === 'no goal'
      ? ''
      : verdict === 'met'
        ? 'met'
        : verdict === 'missed'
          ? `**missed** ([why](#${reasonAnchor(goal?.number)}))`
          : 'not measured here';
  const columns = [
    goal?.number === undefined ? '' : String(goal.number),
    `${cell(title)} \`${name}\``,
    value === undefined ? `– (${cell(why ?? '')})` : `${figure(value)} ${unit}`,
    peer === undefined ? '' : `${cell(peer.name)}: ${figure(peer.value)}`,
    ratioText(result),
    goalText(result),
    word,
  ];
  return `| ${columns.join(' | ')} |`;
}

/** Reasons stand under a heading for each goal, written by hand. */
function reasonAnchor(goal: number | undefined): string {
  return goal === undefined ? 'reasons' : `goal-${goal}`;
}

function details(detail: Readonly<Record<string, number | string>>): string {
  return Object.entries(detail)
    .map(([name, value]) => `${cell(name)} ${typeof value === 'number' ? figure(value) : cell(value)}`)
    .join(', ');
}

/** Text in a table's cell. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
