import type { JSX } from 'preact';
import { href } from '../../state/router.js';
import { projectWords } from './project-words.js';
import { deviceWords } from './words.js';

/** The way between devices and projects. */
export function DeviceTabs({ current }: { current: 'devices' | 'projects' }): JSX.Element {
  const words = deviceWords();
  return (
    <nav class="tabs" aria-label={words.tabs}>
      <a href={href('devices')} aria-current={current === 'devices' ? 'page' : undefined}>
        {words.title}
      </a>
      <a href={href('devices', 'projects')} aria-current={current === 'projects' ? 'page' : undefined}>
        {projectWords().title}
      </a>
    </nav>
  );
}
