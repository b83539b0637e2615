import type { JSX } from 'preact';
import { useWorld } from '../../state/use-world.js';
import type { WireLine } from '../../state/wire-line.js';
import { copyText } from '../../ui/toasts.js';
import { commandsOf } from './commands.js';
import { wireWords } from './words.js';

/** How what was seen can be done again from a shell. */
export function LineCommands({ line }: { line: WireLine }): JSX.Element | null {
  const { place, session } = useWorld();
  const words = wireWords();
  const commands = commandsOf(line, { urls: place.urls, userId: String(session.user.value?.userId ?? '') });
  if (commands.length === 0) return null;
  return (
    <section class="stack">
      <h3>{words.again}</h3>
      {commands.map((command) =>
        'why' in command ? (
          <p key={command.tool} class="quiet">
            {command.tool}: {words.why[command.why]}
          </p>
        ) : (
          <div key={command.tool} class="wire-command">
            <button type="button" class="button small" onClick={() => void copyText(command.line)}>
              {words.copyAs(command.tool)}
            </button>
            <p class="quiet">{words.actors[command.tool][command.as]}</p>
            <details>
              <summary>{words.showLine}</summary>
              <pre class="wire-text">{command.line}</pre>
            </details>
          </div>
        ),
      )}
    </section>
  );
}
