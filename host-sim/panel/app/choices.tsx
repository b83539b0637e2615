import type { JSX } from 'preact';
import { language, speak } from '../i18n/language.js';
import { THEMES, type Theme, theme, wear } from '../state/theme.js';
import { appWords } from './words.js';

/** Language and colours. */
export function Choices(): JSX.Element {
  const words = appWords();
  return (
    <>
      <select
        class="plain-select"
        aria-label={words.language}
        value={language.value}
        onChange={(event) => speak(event.currentTarget.value === 'zh' ? 'zh' : 'en')}
      >
        <option value="en" lang="en">
          English
        </option>
        <option value="zh" lang="zh-CN">
          中文
        </option>
      </select>
      <select
        class="plain-select"
        aria-label={words.theme}
        value={theme.value}
        onChange={(event) => wear(event.currentTarget.value as Theme)}
      >
        {THEMES.map((one) => (
          <option key={one} value={one}>
            {words.themes[one]}
          </option>
        ))}
      </select>
    </>
  );
}
