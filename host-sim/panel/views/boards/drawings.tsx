import type { JSX } from 'preact';
import type { OutputLook } from './looks.js';
import { boardWords } from './words.js';

/** An output as it is now: a picture, and its state in words. */
export function OutputDrawing({ name, look }: { name: string; look: OutputLook }): JSX.Element {
  const state = lookInWords(look);
  return (
    <figure class="output">
      <svg role="img" aria-label={`${name}: ${state}`} viewBox="-50 -50 100 100">
        {look.type === 'servo' ? (
          <ServoParts look={look} />
        ) : look.type === 'relay' ? (
          <RelayParts on={look.on} />
        ) : (
          <LampParts level={look.level} />
        )}
      </svg>
      <figcaption aria-hidden="true">
        <span>{name}</span> <span class="quiet">{state}</span>
      </figcaption>
    </figure>
  );
}

/** The state of an output, as one who sees it would say it. */
function lookInWords(look: OutputLook): string {
  const words = boardWords();
  if (look.type === 'servo') {
    const { angleDeg, attached, stalled } = look;
    if (angleDeg === undefined) return words.notKnown;
    const angle = words.angle(String(Math.round(angleDeg)));
    if (attached === undefined) return angle;
    return `${angle}, ${stalled ? words.stalled : attached ? words.held : words.loose}`;
  }
  if (look.type === 'relay') return look.on === undefined ? words.notKnown : look.on ? words.closed : words.open;
  if (look.level === undefined) return words.notKnown;
  return look.level === 0 ? words.dark : `${Math.round(look.level)} %`;
}

/** 0° is down, 90° to the right, 180° up. */
function ServoParts({ look }: { look: OutputLook & { type: 'servo' } }): JSX.Element {
  const { angleDeg, attached, stalled } = look;
  return (
    <>
      <path class="scale" d="M0 42 A42 42 0 0 0 0 -42" />
      <path class="scale" d="M0 37V46M37 0H46M0 -37V-46" />
      <rect class="body" x="-30" y="-22" width="44" height="44" rx="5" />
      <circle class="body" r="14" />
      {angleDeg !== undefined && (
        <g class={stalled ? 'horn stalled' : 'horn'} style={{ transform: `rotate(${-angleDeg}deg)` }}>
          <path d="M-7 -2A7 7 0 0 1 7 -2L3.5 35A3.5 3.5 0 0 1 -3.5 35Z" />
          <circle class="hole" r="1.6" cy="30" />
        </g>
      )}
      <circle class={attached ? 'shaft held' : 'shaft'} r="4" />
    </>
  );
}

function RelayParts({ on }: { on: boolean | undefined }): JSX.Element {
  return (
    <>
      <rect class="body" x="-44" y="-26" width="88" height="52" rx="6" />
      <path class="wire" d="M-44 8H-22M22 8H44" />
      {on !== undefined && <path class={on ? 'arm closed' : 'arm'} d="M-22 8H22" />}
      <circle class="contact" cx="-22" cy="8" r="4" />
      <circle class="contact" cx="22" cy="8" r="4" />
    </>
  );
}

function LampParts({ level }: { level: number | undefined }): JSX.Element {
  const share = (level ?? 0) / 100;
  return (
    <>
      <g class="light" style={{ opacity: share }}>
        <circle class="glow" r="41" cy="-8" />
        <circle class="glow" r="33" cy="-8" />
      </g>
      <circle class="bulb" r="25" cy="-8" />
      <circle class="light filament" r="25" cy="-8" style={{ opacity: share }} />
      <path class="body" d="M-11 19H11V35A5 5 0 0 1 6 40H-6A5 5 0 0 1 -11 35Z" />
      <path class="scale" d="M-11 26H11M-11 33H11" />
    </>
  );
}
