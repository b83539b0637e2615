import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import type { Board } from '../../state/board.js';
import type { ThingModel } from '../../state/device.js';
import { useWorld } from '../../state/use-world.js';
import { attempt } from '../../ui/toasts.js';
import { numbered } from './looks.js';
import { type QuickCommand, quickCommands } from './quick-commands.js';
import { boardWords } from './words.js';

/** How long the board is waited for, ms. */
const WAIT_MS = 10_000;

interface Answer {
  readonly reply?: { readonly code: number; readonly message?: string };
}

/** What came of the command that was sent last. */
type Outcome = { readonly took: number; readonly answer: Answer } | 'waiting' | undefined;

/** One press moves it: the commands of each output, and how long its answer took. */
export function QuickControl({ board, model }: { board: Board; model: ThingModel }): JSX.Element | null {
  const { api } = useWorld();
  const words = boardWords();
  const outcome = useSignal<Outcome>(undefined);
  const deviceId = board.device.value?.deviceId;
  const rows = model.channels.map((_, channel) => quickCommands(model, channel));
  if (deviceId === undefined || rows.every(({ length }) => length === 0)) return null;
  const types = model.channels.map(({ type }) => type);
  const numbers = numbered(types);

  const send = async ({ params }: QuickCommand): Promise<void> => {
    if (outcome.peek() === 'waiting') return;
    outcome.value = 'waiting';
    const began = performance.now();
    const isDone = await attempt(async () => {
      const path = `/devices/${encodeURIComponent(deviceId)}/control?wait=${WAIT_MS}`;
      const answer = await api.post<Answer>(path, params);
      outcome.value = { took: performance.now() - began, answer };
    });
    if (!isDone) outcome.value = undefined;
  };
  return (
    <div class="quick">
      {rows.map((commands, channel) => {
        const name = words.part(types[channel]!, numbers[channel]!);
        return (
          <fieldset key={channel} class="row" aria-label={words.command(name)}>
            {rows.length > 1 && <span aria-hidden="true">{name}</span>}
            {commands.map((command) => (
              <button
                key={command.word}
                type="button"
                class="button small"
                aria-disabled={outcome.value === 'waiting'}
                onClick={() => void send(command)}
              >
                {words.commands[command.word]}
              </button>
            ))}
          </fieldset>
        );
      })}
      <p class="quiet outcome" role="status">
        {inWords(outcome.value)}
      </p>
    </div>
  );
}

function inWords(outcome: Outcome): string {
  const words = boardWords();
  if (outcome === undefined) return '';
  if (outcome === 'waiting') return words.sending;
  const ms = outcome.took.toFixed(0);
  const { reply } = outcome.answer;
  if (reply === undefined) return words.sent(ms);
  return reply.code === 200 ? words.accepted(ms) : words.refused(reply.message ?? String(reply.code), ms);
}
